"""The entries of a file of the history: one JSON object a line.

What was read is as little trusted as what a person types: a line holds a request that could be
sent, or it is not understood.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft, check
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import REVISION_KINDS, RunRequest
from cubewatch.model.secrecy import looks_secret
from cubewatch.text.sanitize import inert

MAX_NAME = 100
"""Characters of a run's slug or a preset's name."""

Forgotten = tuple[tuple[str, str], ...]
"""Inputs (workflow, name) whose value was not stored, as it looked secret."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that started a run, or may have (`run_slug` is "" then, as its answer was lost).
    `at` is in UTC; `forgotten` inputs are not in the draft."""

    at: datetime
    draft: Draft
    run_slug: str
    forgotten: Forgotten = ()


@dataclass(frozen=True, slots=True)
class SavedPreset:
    """A request with a name; `forgotten` inputs are not in the draft."""

    name: str
    draft: Draft
    forgotten: Forgotten = ()


Entry = Sent | SavedPreset


def distinct(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    """The newest of all entries with the same request."""
    found: dict[tuple[Draft, Forgotten], Sent] = {}
    for one in sent:
        found.setdefault((one.draft, one.forgotten), one)
    return tuple(found.values())


def kept(request: RunRequest) -> tuple[Draft, Forgotten]:
    """The draft of `request` that is stored: without the values of secrets."""
    return _without_secrets(Draft.of(request))


def _without_secrets(draft: Draft) -> tuple[Draft, Forgotten]:
    secrets = {
        (workflow.name, name): None
        for workflow in draft.workflows
        for name, value in workflow.values
        if value and looks_secret(name)
    }
    workflows = tuple(
        workflow._replace(
            values=tuple(one for one in workflow.values if (workflow.name, one[0]) not in secrets),
        )
        for workflow in draft.workflows
    )
    return draft._replace(workflows=workflows), tuple(secrets)


def header_line(repo: RepoSlug, used: datetime | None) -> bytes:
    """The first line of a file. `used`: when something was sent last, in UTC."""
    return _line({"repo": str(repo), **({"used": used.isoformat()} if used else {})})


def entry_line(entry: Entry) -> bytes:
    """A line after the first."""
    if isinstance(entry, SavedPreset):
        what: dict[str, object] = {"preset": entry.name}
    else:
        what = {"sent": entry.at.isoformat(), "run": entry.run_slug}
    return _line({**what, "request": _body(entry.draft), "forgotten": entry.forgotten})


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _body(draft: Draft) -> dict[str, object]:
    """The draft as a JSON object, with the keys of the contract."""
    revisions = {"head": draft.head, "config_revision": draft.config_revision}
    workflows = [
        {
            "name": workflow.name,
            "values": [{"name": name, "value": value} for name, value in workflow.values],
        }
        for workflow in draft.workflows
    ]
    chosen = {key: {one.kind: one.name} for key, one in revisions.items() if one.kind}
    return {**chosen, "workflows": workflows, "shared": draft.shared}


def read_header(line: bytes) -> tuple[RepoSlug, datetime | None] | None:
    """The repository and when it was used last; None if the line is no header."""
    try:
        value = _fields(json.loads(line.decode()))
        used = _moment(value["used"]) if "used" in value else None
        return RepoSlug.parse(_text(value["repo"])), used
    except _UNREADABLE:
        return None


def read_entry(line: bytes) -> Entry | None:
    """The entry of a line after the first; None if it is not understood."""
    try:
        value = _fields(json.loads(line.decode()))
        draft = _read_body(value["request"])
        forgotten = tuple(
            (_text(workflow), _text(name))
            for workflow, name in map(_items, _items(value["forgotten"]))
        )
        if not _could_be_sent(draft, forgotten):
            return None
        draft, secrets = _without_secrets(draft)
        if "preset" in value:
            return SavedPreset(_name(value["preset"]), draft, forgotten + secrets)
        slug = value["run"] and _name(value["run"])
        return Sent(_moment(value["sent"]), draft, _text(slug), forgotten + secrets)
    except _UNREADABLE:
        return None


_UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, RecursionError)
"""Errors that reading foreign JSON raises."""


def _could_be_sent(draft: Draft, forgotten: Forgotten) -> bool:
    """Whether the draft makes a request once the values that were not stored are added."""
    added: dict[str, list[tuple[str, str]]] = {one.name: [] for one in draft.workflows}
    for workflow, name in forgotten:
        added[workflow].append((name, ""))
    workflows = tuple(
        one._replace(values=(*one.values, *added[one.name])) for one in draft.workflows
    )
    return check(draft._replace(workflows=workflows), config=None).request is not None


def _fields(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def is_name(text: str) -> bool:
    """Whether a run or a preset can be called this."""
    return bool(text.strip()) and len(text) <= MAX_NAME and inert(text) == text


def _name(value: object) -> str:
    if not is_name(text := _text(value)):
        raise ValueError
    return text


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _read_body(value: object) -> Draft:
    body = _fields(value)
    shared = body["shared"]
    if not isinstance(shared, bool):
        raise TypeError
    workflows = tuple(
        WorkflowDraft(
            _text(workflow["name"]),
            tuple(
                (_text(one["name"]), _text(one["value"]))
                for one in map(_fields, _items(workflow["values"]))
            ),
        )
        for workflow in map(_fields, _items(body["workflows"]))
    )
    head, config_revision = _read_revision(body, "head"), _read_revision(body, "config_revision")
    return Draft(head, config_revision, workflows, shared)


def _read_revision(body: dict[str, object], key: str) -> RevisionDraft:
    if key not in body:
        return RevisionDraft()
    [(kind, name)] = _fields(body[key]).items()
    return RevisionDraft(REVISION_KINDS[REVISION_KINDS.index(kind)], _text(name))
