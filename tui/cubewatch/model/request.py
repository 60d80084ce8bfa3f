"""RunRequest: a valid body of `POST …/cicd/runs`, and the reasons why a value is not.

A value of these types keeps the contract (`RunWorkflowsBody`): one that would break it can't be
built. What was not chosen is not sent.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

RevisionKind = Literal["branch", "tag", "commit"]
REVISION_KINDS: tuple[RevisionKind, ...] = get_args(RevisionKind)
REVISION_OPTIONS: dict[RevisionKind, str] = {"branch": "ref", "tag": "tag", "commit": "commit"}
"""What command lines and config files call them, as the official command does: `--ref main`."""

WORKFLOWS_PER_EVENT = 3
"""How many workflows one event was seen to start; more may be rejected by the server."""

_COMMIT = re.compile(r"[0-9a-fA-F]{4,64}")
_NOT_IN_A_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


class RequestError(ValueError):
    """A request that the contract does not allow; `str()` of it says why, in one line."""


def revision_problem(kind: RevisionKind, name: str) -> str | None:
    """The problem with `name` as that of a branch, a tag or a commit, in one line; None if there is
    none.

    The rules are those of git-check-ref-format(1); a commit is 4 to 64 hexadecimal digits.
    """
    if not name:
        return f"the {kind} is empty"
    if kind == "commit":
        return None if _COMMIT.fullmatch(name) else "a commit is 4 to 64 hexadecimal digits"
    if found := _NOT_IN_A_REF.search(name):
        return f"a {kind} can't contain {_shown(found.group())}"
    if name.startswith(("-", "/", ".")) or name.endswith(("/", ".", ".lock")) or name == "@":
        return f"{name!r} can't be the name of a {kind}"
    if "/." in name or ".lock/" in name:
        return f"a part of a {kind} can't start with a dot or end in .lock"
    return None


def _shown(text: str) -> str:
    return "a space" if text == " " else repr(text)


@dataclass(frozen=True, slots=True)
class GitRevision:
    """Exactly one of branch, tag or commit. Raises RequestError for a name git would refuse."""

    kind: RevisionKind
    name: str

    def __post_init__(self) -> None:
        if self.kind not in REVISION_KINDS:
            raise RequestError(f"a revision is a branch, a tag or a commit, not a {self.kind}")
        if problem := revision_problem(self.kind, self.name):
            raise RequestError(problem)

    def __str__(self) -> str:
        return self.name[:12] if self.kind == "commit" else self.name

    def to_json(self) -> dict[str, str]:
        return {self.kind: self.name}


@dataclass(frozen=True, slots=True)
class InputValue:
    """One input of a workflow. Every value is text, an empty one too; as it may be a secret, no
    repr or traceback shows it."""

    name: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RequestError("an input has no name")

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "value": self.value}


@dataclass(frozen=True, slots=True)
class WorkflowData:
    """One workflow to run, by its name in the config, with the values given for its inputs."""

    name: str
    values: tuple[InputValue, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RequestError("a workflow has no name")
        if twice := _first_twice(value.name for value in self.values):
            raise RequestError(f"{self.name}: the input {twice} is given twice")

    def to_json(self) -> dict[str, object]:
        if not self.values:
            return {"name": self.name}
        return {"name": self.name, "values": [value.to_json() for value in self.values]}


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A valid body of `POST …/cicd/runs`. Raises RequestError if it breaks the contract.

    No head means the default branch. No config revision means the default branch too, not head.
    """

    workflows: tuple[WorkflowData, ...]
    head: GitRevision | None = None
    config_revision: GitRevision | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        if not self.workflows:
            raise RequestError("no workflow is chosen")
        if twice := _first_twice(workflow.name for workflow in self.workflows):
            raise RequestError(f"the workflow {twice} is chosen twice")

    def to_json(self) -> dict[str, object]:
        """The body as JSON values, in the contract's order, without what was not chosen."""
        body: dict[str, object] = {}
        if self.head:
            body["head"] = self.head.to_json()
        if self.config_revision:
            body["config_revision"] = self.config_revision.to_json()
        body["workflows"] = [workflow.to_json() for workflow in self.workflows]
        if self.shared:
            body["shared"] = True
        return body

    def body(self) -> bytes:
        """The exact bytes that go out: compact JSON in UTF-8."""
        import json  # not before the first frame of a form

        return json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":")).encode()


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
