"""A TAB in every shell of this machine: what is seen, and which words the program gets then."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import SOURCE
from tests.support.clones import Clones
from tests.support.terminal import Terminal

CONFIG = """
workflows:
  release:
    inputs:
      VERSION: {required: true, description: "%B`touch hurt` $(touch hurt):\\\\ \\e]0;hurt\\a"}
      CHANNEL: {options: [stable, "be ta"]}
      "{odd,*}$(touch${IFS}hurt)": {type: boolean}
  nightly:
  -y:
"""
BRANCHES = {
    "$": "fix/$(touch${IFS}hurt)",
    "i": "fix/it's;touch${IFS}hurt",
    '"': 'fix/"`touch${IFS}hurt`&',
    "!": "fix/!hurt!!#{a,b}<>|",
    "=": "fix/=ls,%x@é",
}
"""By the first letter of their last part, which tells them apart."""

PROMPT = "ready>"
_TYPED = {
    "bash": f"PS1='{PROMPT} '; eval \"$(cubewatch completion bash)\"; clear",
    "zsh": f"PS1='{PROMPT} '; autoload -Uz compinit; compinit -u -D; "
    'eval "$(cubewatch completion zsh)"; clear',
    "fish": f"function fish_prompt; printf '{PROMPT} '; end; "
    "cubewatch completion fish | source; clear",
}
_OPTIONS = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}
SHELLS = [name for name in _TYPED if shutil.which(name)]
WITH_LISTS = [name for name in SHELLS if name != "bash"]

_CUBEWATCH = """\
#!/bin/sh
if test -n "$_CUBEWATCH_COMPLETE" || test "$1" = completion
then exec '{python}' -P -m cubewatch "$@"
else exec '{python}' -IS "$0.py" "$@"
fi
"""
_NOTE = """\
import json, os, sys
place = os.path.join(os.environ["HOME"], "words")
with open(place + ".new", "w") as file:
    json.dump(sys.argv[1:], file)
os.rename(place + ".new", place)
"""


@dataclass
class Prompt:
    """A shell with completion, in a clone. `cubewatch` notes its words and does nothing else."""

    seen: Terminal
    home: Path
    list_keys: str

    def type(self, keys: str) -> None:
        self.seen.send(keys)

    def shows(self, text: str) -> None:
        self.seen.wait_for(text)

    def ask(self, keys: str) -> None:
        """Types, and asks for a list of what can follow."""
        self.type(keys + self.list_keys)

    def words(self) -> list[str]:
        """What cubewatch gets when the line is accepted."""
        place = self.home / "words"
        self.type("\r")
        self.seen.wait_for(lambda _: place.exists())
        words: list[str] = json.loads(place.read_text(encoding="utf-8"))
        place.unlink()
        return words


Begin = Callable[..., Prompt]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    clones = Clones(tmp_path, monkeypatch)
    server = clones.server(config=CONFIG)
    for name in BRANCHES.values():
        clones.git(server, "branch", name)
    return clones.clone()


@pytest.fixture
def begin(clone: Path, tmp_path: Path) -> Iterator[Begin]:
    """Starts a shell that knows nothing of this machine but its programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cubewatch").write_text(_CUBEWATCH.format(python=sys.executable))
    (programs / "cubewatch").chmod(0o700)
    (programs / "cubewatch.py").write_text(_NOTE)
    base = {name: value for name, value in os.environ.items() if name.startswith("GIT_")} | {
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(SOURCE),
        "TERM": "xterm-256color",
    }
    with ExitStack() as running:

        def start(shell: str, **environ: str) -> Prompt:
            argv = (shutil.which(shell) or shell, *_OPTIONS[shell], "-i")
            seen = running.enter_context(Terminal(argv, base | environ, clone, 100, 30))
            seen.wait_for(lambda _: seen.text.strip())
            seen.send(f"{_TYPED[shell]}\r")
            seen.wait_for(lambda _: seen.screen[0] == PROMPT)
            return Prompt(seen, tmp_path, "\t\t" if shell == "bash" else "\t")

        yield start
    assert not list(tmp_path.rglob("hurt*"))


each_shell = pytest.mark.parametrize("shell", SHELLS)


@each_shell
def test_words_are_completed(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    for keys, seen in (
        ("cubewatch ru\t", "cubewatch run"),
        (" rel\t", "run release"),
        ("VER\t", "release VERSION="),
        ("1 CHANNEL=s\t", "CHANNEL=stable"),
        ("--cfg-r\t", "--cfg-ref"),
        ("m\t", "--cfg-ref main"),
    ):
        prompt.type(keys)
        prompt.shows(seen)
    assert prompt.words() == [
        *("run", "release", "VERSION=1", "CHANNEL=stable", "--cfg-ref", "main"),
    ]


@each_shell
def test_runs_are_completed(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    prompt.ask("cubewatch --demo watch 12")
    prompt.shows("129")
    prompt.type("9\t")
    assert prompt.words() == ["--demo", "watch", "129"]


@each_shell
def test_a_cube_of_a_run_is_completed(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    prompt.type("cubewatch --demo log 13\t")
    if shell in WITH_LISTS:
        prompt.shows("deploy, checks: success")
    prompt.type("0\tdeploy/p\t" if shell in WITH_LISTS else "0 deploy/p\t")
    assert prompt.words()[3].startswith("deploy/prepare/")


@each_shell
def test_a_hostile_branch_is_a_word(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    for first, name in BRANCHES.items():
        prompt.type(f"cubewatch run --ref fix/\\{first}\t--cfg-ref=fix/\\{first}\t")
        assert prompt.words() == ["run", "--ref", name, f"--cfg-ref={name}"]


@each_shell
@pytest.mark.parametrize("quote", ["'", '"'])
def test_within_quotes_too(begin: Begin, shell: str, quote: str) -> None:
    prompt = begin(shell)
    prompt.type(f"cubewatch run --ref {quote}fix/i\t")
    assert prompt.words() == ["run", "--ref", BRANCHES["i"]]


@each_shell
def test_a_hostile_config_is_words_and_no_option(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    prompt.ask("cubewatch run release ")
    prompt.shows("nightly")
    assert " -y" not in prompt.seen.text
    assert "hurt" not in prompt.seen.title
    prompt.type("\x15cubewatch run release \\{\t")
    prompt.shows("=")
    prompt.type("f\t")
    assert prompt.words() == ["run", "release", "{odd,*}$(touch${IFS}hurt)=false"]


@each_shell
def test_files_are_the_shells_business(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    (prompt.home / "clone" / "a file.toml").touch()
    (prompt.home / "clone" / "a folder").mkdir()
    prompt.type("cubewatch --config a\\ fi\t")
    assert prompt.words() == ["--config", "a file.toml"]
    prompt.type("cubewatch artifacts 1 --dir a\t")
    assert prompt.words()[-1].rstrip("/") == "a folder"


@each_shell
def test_nothing_is_said_where_nothing_fits(begin: Begin, shell: str) -> None:
    prompt = begin(shell)
    prompt.type("cubewatch --bogus \tw\t")
    assert prompt.words() == ["--bogus", "w"]
    expected = [f"{PROMPT} cubewatch --bogus w", PROMPT]
    prompt.seen.wait_for(lambda _: [line for line in prompt.seen.screen if line] == expected)
