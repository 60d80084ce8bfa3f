"""Copies: a composed request as text to be pasted elsewhere, where it does the same."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from cubewatch.model.repository import API_URL, RepoSlug
from cubewatch.model.request import REVISION_OPTIONS, GitRevision, RunRequest, WorkflowData
from cubewatch.text.sanitize import inert

MAX_BYTES = 120_000
"""Of a command: one word of it may have 128 KiB on Linux, all of them together more."""

_PLAIN = re.compile(r"[\w@%+:,./-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Copy:
    """A request in one form. `text` is what is pasted, without a line's end after it; it is empty
    where it can't be said like this, and `trouble` (one inert line) is why, or else what to watch
    out for."""

    title: str
    text: str = field(repr=False)
    trouble: str = ""


class _CannotSay(Exception):  # noqa: N818, nothing is wrong with the request
    """A form can't express a request; `str()` of it is one line that says why."""


def copies(repo: RepoSlug, request: RunRequest, api_url: str) -> tuple[Copy, ...]:
    """`request` as JSON, for `curl`, for the official `src` and for `cubewatch`, in this order.

    `api_url` is where it would be sent to, without a slash at its end. The commands are for any
    POSIX shell, bash and zsh with keys pressed or without. Values of secrets are in them, the
    token is not: `curl` takes it from `$SOURCECRAFT_TOKEN` when it is run.
    """
    return (
        Copy("JSON", _visible(json.dumps(request.to_json(), ensure_ascii=False, indent=2))),
        _copy("curl", lambda: _curl(f"{api_url}{repo.api_path}/cicd/runs", request)),
        _copy("src run trigger", lambda: _src(repo, request, api_url), _runs_of_src(request)),
        _copy("cubewatch run", lambda: _cubewatch(repo, request, api_url)),
    )


def _runs_of_src(request: RunRequest) -> str:
    runs = len(request.workflows)
    return f"src takes one workflow a call: these are {runs} runs, not one" if runs > 1 else ""


def _copy(title: str, say: Callable[[], str], trouble: str = "") -> Copy:
    try:
        text = say()
    except _CannotSay as error:
        return Copy(title, "", inert(str(error)))
    if len(text.encode()) > MAX_BYTES:
        return Copy(title, "", "it is too long for a command line")
    return Copy(title, text, trouble)


def _visible(text: str) -> str:
    """JSON in which whatever could steer a terminal is written as an escape: the same value."""
    return "".join(json.dumps(char)[1:-1] if _is_hidden(char) else char for char in text)


def _curl(url: str, request: RunRequest) -> str:
    lines = (
        f"curl -X POST {_quoted(url)}",
        '-H "Authorization: Bearer $SOURCECRAFT_TOKEN"',
        "-H 'Content-Type: application/json'",
        f"--data-raw {_quoted(_visible(request.body().decode()))}",
    )
    return " \\\n  ".join(lines)


def _src(repo: RepoSlug, request: RunRequest, api_url: str) -> str:
    """A command for each workflow, as `src` takes one."""
    if api_url != API_URL:
        raise _CannotSay(f"src cannot use {api_url}")
    options = _options(repo, request)
    commands = (
        _command("src run trigger", options, _words(workflow)) for workflow in request.workflows
    )
    return "\n".join(commands)


def _cubewatch(repo: RepoSlug, request: RunRequest, api_url: str) -> str:
    for workflow in request.workflows:
        if "=" in workflow.name:
            raise _CannotSay(
                f"the workflow {workflow.name} would be taken for an input: it has a ="
            )
    words = [word for workflow in request.workflows for word in _words(workflow)]
    options = _options(repo, request)
    if api_url != API_URL:
        options += ["--api-url", api_url]
    return _command("cubewatch run", [*options, "-y"], words)


def _words(workflow: WorkflowData) -> list[str]:
    for one in workflow.values:
        if "=" in one.name:
            raise _CannotSay(
                f"the name of the input {one.name} has a =, where its value would begin"
            )
    return [workflow.name, *(f"{one.name}={one.value}" for one in workflow.values)]


def _options(repo: RepoSlug, request: RunRequest) -> list[str]:
    """The options that `src` and `cubewatch` share."""
    slug = str(repo)
    options = [f"--repo={slug}"] if slug.startswith("-") else ["-R", slug]
    options += _revision("--", request.head) + _revision("--cfg-", request.config_revision)
    return [*options, "--shared"] if request.shared else options


def _revision(prefix: str, revision: GitRevision | None) -> list[str]:
    return [f"{prefix}{REVISION_OPTIONS[revision.kind]}", revision.name] if revision else []


def _command(program: str, options: Sequence[str], words: Sequence[str]) -> str:
    if any(word.startswith("-") for word in words):
        arguments = [*options, "--", *words]
    else:
        arguments = [*words, *options]
    if any("\0" in argument for argument in arguments):
        raise _CannotSay("there is a NUL character in it, which no command line can hold")
    # Shells that read line by line look for history in the second line of a quoted text.
    history = "!^" if any("\n" in argument for argument in arguments) else ""
    return " ".join([program, *(_argument(argument, history) for argument in arguments)])


def _argument(text: str, history: str) -> str:
    """A word of a command. What stands before and behind a `=` is quoted only if it has to be."""
    name, equals, value = text.partition("=")
    return _quoted(name, history) + (equals and "=" + _quoted(value, history))


def _quoted(text: str, hide: str = "") -> str:
    """`text` so that every POSIX shell reads it as it is. What could steer a terminal, and the
    characters of `hide`, are written as octal numbers that `printf` makes characters of."""
    if _PLAIN.fullmatch(text):
        return text
    pieces: list[str] = []
    for is_hidden, chars in groupby(text, lambda char: char in hide or _is_hidden(char)):
        piece = "".join(chars)
        if is_hidden:
            octal = "".join(f"\\{byte:03o}" for byte in piece.encode())
            pieces.append(f"\"$(printf '{octal}')\"")
        else:
            pieces.append("'" + piece.replace("'", r"'\''") + "'")
    return "".join(pieces) or "''"


def _is_hidden(char: str) -> bool:
    return char != "\n" and inert(char) != char
