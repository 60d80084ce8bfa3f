"""Reading an answer: bytes of JSON in, a value of the contract out."""

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any, TypeVar

from pydantic_core import SchemaValidator, ValidationError

from cubewatch.model.lenient import schema_of
from cubewatch.model.run import LogPage, Run

T = TypeVar("T")

MAX_PARTS = 400_000
"""JSON objects in one answer: about 80,000 cubes. More would keep everything waiting for long."""
MAX_VALUES = 10 * MAX_PARTS
MAX_REPAIRED = 2_000_000
"""Bytes of an answer in which halves of surrogate pairs are looked for: it takes its time."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class UnreadableError(ValueError):
    """An answer that is no JSON object, or too big a one; `str()` says why, in one line."""


_validators: dict[type, SchemaValidator] = {}


def _validator(kind: type) -> SchemaValidator:
    if kind not in _validators:
        _validators[kind] = SchemaValidator(schema_of(kind))
    return _validators[kind]


def read(kind: type[T], body: bytes) -> T:
    """`body` (JSON, UTF-8) as a value of `kind`. Raises UnreadableError if it is no JSON object.

    Half of a surrogate pair and bytes that are no UTF-8 cost their character, not the answer. In a
    page of a log they stay, as `\\ud83d` and `\\udcd0`: the next page may begin with the rest.
    """
    if kind is not LogPage and (body.count(b"{") > MAX_PARTS or body.count(b",") > MAX_VALUES):
        raise UnreadableError("the answer has more parts than can be shown")
    try:
        return _validate(kind, body)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] != "json_invalid":
            raise UnreadableError("the answer is JSON, but no object") from None
    page: T | None = _page_with_halves(body) if kind is LogPage else None
    if page is not None:
        return page
    repaired = body.decode("utf-8", "replace").removeprefix("\ufeff")
    if len(body) <= MAX_REPAIRED:
        repaired = _ESCAPE.sub(_without_lone, repaired)
    try:
        return _validate(kind, repaired.encode())
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise UnreadableError(reason) from None


def _page_with_halves(body: bytes) -> Any:
    """A page of a log with what is not a whole character in it; None if it is no JSON object."""
    try:
        value = json.loads(body.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    logs = value.get("logs")
    flags = {name: value[name] for name in ("page_complete", "done") if name in value}
    page: LogPage = _validator(LogPage).validate_python(flags)
    return replace(page, logs=logs) if isinstance(logs, str) else page


def _without_lone(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape["lone"] else escape.group()


@contextmanager
def uncollected() -> Iterator[None]:
    """A context without garbage collection, which would look through the many objects of a big
    answer and double the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _validate(kind: type[T], body: bytes) -> T:
    with uncollected():
        value: T = _validator(kind).validate_json(body)
    return value


def read_run(body: bytes) -> Run:
    """One run. Raises UnreadableError for JSON that holds none, such as `{}`, or the
    `{"status": "ok"}` of something else."""
    run = read(Run, body)
    if not (run.slug or run.dates.created_at or run.workflows):
        raise UnreadableError("the answer holds no run")
    return run


FIELDS_OF_ANSWERS = frozenset(
    {"runs", "workflows", "status", "logs", "artifacts", "branches", "tags", "error_code"}
)
"""Fields that distinguish one kind of answer from another."""


def holds_foreign_fields(kind: type[Any], body: bytes) -> bool:
    """Whether a body in which nothing of `kind` was found is an answer of another kind, as after a
    proxy's mistake: it is no empty list then."""
    try:
        names = set(json.loads(body))
    except ValueError:
        return False
    return bool(names & FIELDS_OF_ANSWERS) and names.isdisjoint(
        field.name for field in fields(kind)
    )
