"""Completion: where the cursor is, what fits there, and how it is told to a shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cubewatch.cli import main
from cubewatch.cli.completion import SHELLS, answer, script
from cubewatch.cli.completion.bash_line import BashLine, split
from cubewatch.cli.completion.place import find_place
from cubewatch.text.sanitize import inert
from tests.conftest import ROOT, SOURCE
from tests.support.clones import Clones, put_first
from tests.support.copied import ONE_LINE
from tests.unit.conftest import Refuse
from tests.unit.test_house import FOR_A_SCREEN, imported

pytestmark = pytest.mark.usefixtures("clean_environment")

COMMANDS = ["run", "watch", "runs", "log", "artifacts", "compare", "report", "replay", "trace"]
COMMANDS += ["login", "logout", "doctor", "completion"]


def offered(*words: str) -> list[str]:
    """What the last word can become."""
    return [line.partition("\t")[0] for line in answer("fish", words)]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("run", ""), ("words", "", "")),
        (("run", "rel"), ("words", "rel", "")),
        (("run", "release", "A=1", "B="), ("words", "B=", "")),
        (("run", "-R", "acme/shop", "release", "--tag", "v1", "-y", "B"), ("words", "B", "")),
        (("run", "--", "-y"), ("words", "-y", "")),
        (("run", "--ref", "fix"), ("ref", "fix", "")),
        (("run", "--ref=fix"), ("ref", "fix", "--ref=")),
        (("--cfg-tag=v=", ""), None),
        (("--cfg-tag=v="), None),
        (("--cfg-tag", "v1", "-R", "ac"), ("repo", "ac", "")),
        (("watch", "--repo=a"), ("repo", "a", "--repo=")),
        (("watch", "14"), ("run", "14", "")),
        (("watch", "14", ""), None),
        (("log", ""), ("run", "", "")),
        (("log", "-R", ""), ("repo", "", "")),
        (("log", "14", "unit"), ("path", "unit", "")),
        (("log", "14", "-f", "unit"), ("path", "unit", "")),
        (("log", "14", "unit", ""), None),
        (("artifacts", "14", "--all", "a", "b"), ("paths", "b", "")),
        (("artifacts", "--dir", "ou"), ("folder", "ou", "")),
        (("--config=a/b",), ("config", "a/b", "--config=")),
        (("completion", ""), ("shell", "", "")),
        (("--bogus", ""), None),
        (("run", "-h", ""), None),
        (("--version", "run", ""), None),
        (("bogus", ""), None),
        (("",), None),
    ],
)
def test_the_parser_knows_the_place(
    words: tuple[str, ...], place: tuple[str, str, str] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    *before, current = words
    found = find_place(before, current)
    assert (found and (found.field, found.typed, found.option)) == place
    if found:
        assert "\0" not in repr(found.arguments)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), COMMANDS),
        (("--demo", "--ref", "main", ""), COMMANDS),
        (("lo",), ["log", "login", "logout"]),
        (("run", "--c"), ["--config", "--commit", "--cfg-ref", "--cfg-tag", "--cfg-commit"]),
        (("run", "--pl"), ["--plain"]),
        (("--pl",), []),
        (("log", "--fa"), ["--failed"]),
        (("log", "142", "unit", "--fa"), ["--failed"]),
        (("artifacts", "-R", "acme/shop", "--a"), ["--api-url", "--all"]),
        (("watch", "-h", "-"), []),
        (("--bogus", ""), []),
        (("watch", "14", ""), []),
        (("--api-url", ""), []),
        (("--give-up", ""), []),
        (("watch", "--until", ""), ["approval"]),
        (("watch", "--record", ""), [""]),
        (("completion", ""), list(SHELLS)),
        (("completion", "-"), ["-h", "--help"]),
        (("--config", "a"), [""]),
        (("--config=a",), [""]),
        (("artifacts", "--dir", ""), [""]),
    ],
)
def test_what_needs_no_look_around(words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_the_shell_is_told_what_it_knows_better() -> None:
    assert answer("zsh", ["--config", "a"]) == ["\tfiles"]
    assert answer("bash", ["cubewatch artifacts --dir=", ""]) == ["\tfolders"]


def test_every_shell_has_its_form() -> None:
    assert answer("bash", ["cubewatch login --rep", "--rep"]) == ["--repo "]
    assert answer("zsh", ["login", "--rep"]) == ["--repo:the repository"]
    assert answer("fish", ["login", "--rep"]) == ["--repo\tthe repository"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", BashLine((), "", "")),
        ("cw ", BashLine(("cw",), "", "")),
        ("cw  a\tb", BashLine(("cw", "a"), "b", "b")),
        ("cw 'a b' c", BashLine(("cw", "a b"), "c", "c")),
        ('cw "a\\"$x\\y" ', BashLine(("cw", 'a"$x\\y'), "", "")),
        ("cw a\\ b\\:c", BashLine(("cw",), "a b:c", "a\\ b\\:c")),
        ("cw a'b \"", BashLine(("cw",), 'ab "', "a'b \"", "'")),
        ("cw 'a'\"b'", BashLine(("cw",), "ab'", "'a'\"b'", '"')),
        ("cw '' \"", BashLine(("cw", ""), "", '"', '"')),
        ("cw a\\", BashLine(("cw",), "a", "a\\")),
    ],
)
def test_a_line_of_bash_comes_apart(line: str, expected: BashLine) -> None:
    assert split(line) == expected


@pytest.mark.parametrize(
    ("line", "readline_word", "text", "reply"),
    [
        ("cw fix/", "fix/", "fix/a", "fix/a "),
        ("cw --ref=fi", "fi", "--ref=fix/a", "fix/a "),
        ("cw V", "V", "VERSION=", "VERSION="),
        ("cw V='a:", "a:", "V=a:b c", "a:b c"),
        ('cw V="a:', "a:", "V=a:$b", "a:\\$b"),
        ('cw V="a:', "a:", "V=a:!b", None),
        ("cw V='a\\'b:", "", "V=a\\b:c", "c "),
        ("cw 'a b'c", "'a b'c", "a bcd", "a\\ bcd "),
    ],
)
def test_bash_gets_the_end_of_a_word(
    line: str, readline_word: str, text: str, reply: str | None
) -> None:
    assert split(line).reply(text, readline_word) == reply


def test_what_bash_gets_is_one_word_to_any_shell() -> None:
    texts = [text for text in ONE_LINE if text and text == inert(text)]
    assert len(texts) > 30
    expected, line = [], ["printf", "'%s\\0'"]
    for text in texts:
        half = "".join(f"\\{char}" for char in text[: len(text) // 2])
        for begun, quote in ((half, ""), ("", ""), ("'", "'"), ('"', '"')):
            reply = split(f"cubewatch {begun}").reply(text, begun.removeprefix(quote))
            if reply is not None:
                kept = "" if begun == half else begun
                line.append(f"{kept}{reply.removesuffix(' ') if not quote else reply}{quote}")
                expected.append(text)
    said = subprocess.run(["sh", "-c", " ".join(line)], stdout=subprocess.PIPE, check=True).stdout
    assert said.decode().split("\0")[:-1] == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == (script(shell), "")
    assert f"_CUBEWATCH_COMPLETE={shell} command cubewatch" in printed.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("completion",), "SHELL is missing"),
        (("completion", "tcsh"), "one of bash, zsh, fish, not 'tcsh'"),
        (("completion", "bash", "--demo"), "--demo is not for completion"),
        (("--demo", "completion", "bash"), "--demo is not for completion: leave it out"),
    ],
)
def test_what_is_no_shell_is_refused(refuse: Refuse, words: tuple[str, ...], reason: str) -> None:
    assert reason in refuse(*words)


def test_help_fits_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["completion", "-h"])
    text = capsys.readouterr().out
    assert text.isascii()
    assert max(map(len, text.splitlines())) < 80


def test_a_script_imports_nothing_heavy() -> None:
    assert not imported("-m", "cubewatch", "completion", "bash") & FOR_A_SCREEN


ASKED = [
    ("fish", "ru"),
    ("fish", "run", ""),
    ("fish", "--ref", ""),
    ("fish", "-R", ""),
    ("fish", "--demo", "-R", ""),
    ("fish", "--demo", "watch", ""),
    ("zsh", "-h", ""),
    ("zsh", "--bogus", ""),
    ("zsh", "--config", "absent", "watch", ""),
    ("zsh", "-R", "acme", "watch", ""),
    ("zsh", "watch", "acme#"),
    ("zsh", "run", "rel\udcff"),
    ("zsh",),
    ("bash", "cubewatch watch ", ""),
    ("bash",),
    ("tcsh", "ru"),
]


def test_nothing_is_complained_of_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones = Clones(tmp_path, monkeypatch)
    clones.server()
    folder = clones.clone()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in ("STATE", "CACHE", "CONFIG", "DATA"):
        monkeypatch.delenv(f"XDG_{name}_HOME")
    before = state(tmp_path)
    said = []
    for shell, *words in ASKED:
        done = subprocess.run(
            [sys.executable, "-m", "cubewatch", *words],
            cwd=folder,
            env=os.environ | {"_CUBEWATCH_COMPLETE": shell, "PYTHONPATH": str(SOURCE)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        said.append(done.stdout.decode())
    assert said[0].startswith("run\t")
    assert said[1].startswith("release")
    assert said[2].startswith("main\tOn the server")
    assert said[3] == "acme/shop\tthe remote origin of the clone"
    assert said[4].startswith("acme/shop\tof the demo\nacme/search\t")
    assert said[5].startswith("141\t")
    assert "".join(said[6:]) == ""
    assert state(tmp_path) == before


HASTY = """\
import cubewatch.cli.completion, cubewatch.git.git
cubewatch.git.git.LOCAL_TIMEOUT = 1e6
cubewatch.cli.completion.TIMEOUT = 1.0
cubewatch.cli.completion.leave_with_answer("fish", ["--ref", ""])
"""


def test_whatever_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clones = Clones(tmp_path, monkeypatch)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    put_first(clones.program("git", f"read line <'{pipe}'"), monkeypatch)
    command = [sys.executable, "-c", HASTY]
    with pipe.open("r+b", buffering=0):  # whoever reads from it waits until this is closed
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def state(folder: Path) -> dict[Path, int]:
    """All that lies there, and when it changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
