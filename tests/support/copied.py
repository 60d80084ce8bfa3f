"""Requests that are hard to write down for a shell, and programs to paste them to."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from tests.conftest import SOURCE
from tests.support.runs import Json, run
from tests.support.terminal import TIMEOUT

SHOP = RepoSlug("acme", "shop")
TOKEN = "pv1_Token!of$mine"

ONE_LINE = (
    *("", " ", "1.5.0", "'", "''", "it's", '"', "$HOME", "$", "`id`", "$(id)", "${x:?}", "\\"),
    *("\\n", "\\'", "!", "!!", "wow!x", "^a^b", "-rf", "--", "@file", "~", "*", "?", "=ls", "a=b"),
    *("#no comment", "a;b|c&d>e<f", "(x)", "{a,b}", "[x]", "%s %d \\041"),
    *("👩‍💻 é имя", "имя\u00a0", "no\u200dgap"),
    *("\ttab\t", "\x1b[201~", "\r", "\x01\x7f\x9b31m", "\u202ereversed\u2069"),
)
LINES = ("a\nb", "\n", "end\n", "\n\n\n", "one!\n!two\n^three^3\n'four!'", "$(\n)", "\x1b\n\x1b")

_STARTER = """\
#!/bin/sh
exec '{python}' -IS "$0.py" "$@"
"""

_CUBEWATCH = """\
#!/bin/sh
exec '{python}' -m cubewatch "$@" >>"$HOME/said" 2>&1 </dev/null
"""

_FAKE = """\
import json, os, sys
with open(os.environ["RECORD"], "a") as record:
    record.write(json.dumps(["{name}", *sys.argv[1:]]) + "\\n")
"""

_FAKE_CURL = """
from urllib.request import Request, urlopen
words = sys.argv[1:]
method, url, *words = words[words.index("-X") + 1 :]
given = list(zip(words[::2], words[1::2], strict=True))
headers = dict(value.split(": ", 1) for name, value in given if name == "-H")
[body] = [value for name, value in given if name == "--data-raw"]
urlopen(Request(url, body.encode(), headers, method=method)).read()
"""


def values(texts: tuple[str, ...]) -> tuple[InputValue, ...]:
    """The texts as values, and those that can be names of inputs as names too."""
    names = [text for text in texts if text.strip() and "=" not in text]
    named = tuple(InputValue(name, f"value of {name}") for name in names)
    return named + tuple(InputValue(f"V{i}", text) for i, text in enumerate(texts))


def of_one_line() -> RunRequest:
    """Names and values without a line's end."""
    names = ("release", 'it\'s a "flow"!', "$(id)", "wörk 🚀", "~", "#1")
    return RunRequest(
        tuple(WorkflowData(name, values(ONE_LINE)) for name in names[:2])
        + tuple(WorkflowData(name) for name in names[2:]),
        GitRevision("tag", "v1!$HOME'&;{a,b}"),
    )


def of_many_lines() -> RunRequest:
    """Everything at once, with names that look like options."""
    return RunRequest(
        (
            WorkflowData("-y", values(LINES + ONE_LINE)),
            WorkflowData("--"),
            WorkflowData("two\nlines!", values(("x",))),
        ),
        GitRevision("branch", "fix/it's-$HOME`id`!"),
        GitRevision("commit", "3f2a91c"),
        shared=True,
    )


def shells() -> dict[str, tuple[str, ...]]:
    """How to start every shell of this machine as if somebody typed, without files of theirs."""
    found: dict[str, tuple[str, ...]] = {}
    options = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",)}
    for name in ("bash", "dash", "zsh", "sh"):
        if path := shutil.which(name):
            found.setdefault(os.path.realpath(path), (path, *options.get(name, ()), "-i"))
    return {os.path.basename(command[0]): command for command in found.values()}


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """Starts every run it is asked for, and it is a success at once."""
    answer = JSONResponse(run("success"))
    await answer(scope, receive, send)


@dataclass
class Desk:
    """A folder whose programs `src`, `curl` and `cubewatch` are the first on PATH. The first two
    are no real ones and note the words they get; what is no `src` really asks its server."""

    folder: Path
    real_curl: bool = False
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        programs = self.folder / "bin"
        programs.mkdir()
        fakes = {"src": ""} if self.real_curl else {"src": "", "curl": _FAKE_CURL}
        for name, more in fakes.items():
            (programs / f"{name}.py").write_text(_FAKE.format(name=name) + more)
        for name, starter in {**dict.fromkeys(fakes, _STARTER), "cubewatch": _CUBEWATCH}.items():
            (programs / name).write_text(starter.format(python=sys.executable))
            (programs / name).chmod(0o700)
        self.environ = {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(SOURCE),
            "RECORD": str(self.folder / "record"),
            "SOURCECRAFT_TOKEN": TOKEN,
        }

    def paste(self, shell: tuple[str, ...], *texts: str) -> str:
        """Gives the texts to a shell as a person does, one after the other. Returns what is said
        on the screen."""
        done = subprocess.run(
            shell,
            input="".join(f"{text}\n" for text in texts).encode(),
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            timeout=TIMEOUT,
            check=False,
        )
        said = self.folder / "said"
        return done.stdout.decode(errors="replace") + (
            said.read_text("utf-8") if said.exists() else ""
        )

    def noted(self, program: str) -> list[list[str]]:
        """The words of each call of a program that is no real one."""
        record = self.folder / "record"
        calls = [json.loads(line) for line in record.read_text().splitlines()]
        return [words for name, *words in calls if name == program]


_REVISIONS = {
    f"{prefix}{option}": (key, kind)
    for prefix, key in (("--", "head"), ("--cfg-", "config_revision"))
    for option, kind in (("ref", "branch"), ("tag", "tag"), ("commit", "commit"))
}


def src_asks(words: list[str]) -> tuple[str, Json]:
    """The repository and the body that the official `src` takes from these words, as far as its
    habits are known."""
    command, rest, body, repo = words[:2], words[2:], Json(), ""
    assert command == ["run", "trigger"]
    plain: list[str] = []
    while rest:
        match rest.pop(0):
            case "--":
                plain, rest = plain + rest, []
            case "-R":
                repo = rest.pop(0)
            case "--shared":
                body["shared"] = True
            case option if option in _REVISIONS:
                key, kind = _REVISIONS[option]
                body[key] = {kind: rest.pop(0)}
            case word:
                assert not word.startswith("-")
                plain.append(word)
    name, *given = plain
    values = [dict(zip(("name", "value"), word.split("=", 1), strict=True)) for word in given]
    body["workflows"] = [{"name": name, "values": values} if values else {"name": name}]
    return repo, body
