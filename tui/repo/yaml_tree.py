"""YAML of unknown origin as plain maps, lists and texts: bounded, and never recursive."""

from dataclasses import dataclass
from typing import NoReturn, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from tui.domain.inert import inert

Node: TypeAlias = "str | list[Node] | Map | None"
Map: TypeAlias = "dict[str, Node]"

MOST_BYTES = 1_000_000
MOST_DEPTH = 64
MOST_NODES = 100_000
"""How many values a config may amount to, those that aliases repeat counted each time."""

_SHOWN = 60
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"


class CiConfigError(Exception):
    """A config that can't be read. `str()` is one inert line that says what and where; `line`
    and `column` count from 1, and are None where no place is known."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        place = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(inert(place + " ".join(reason.split())))


def read_tree(text: str) -> Node:
    """The first document of `text`. Every scalar stays as it is written, but for one that is null
    and stands without quotes: that is None.

    Aliases share what they name and `<<` merges maps; an entry whose key is no scalar is left
    out. Raises CiConfigError for what is no YAML, for a key that stands twice in a map, for an
    alias within what it names, and for text that is too big, too deep or too repetitive.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise CiConfigError("half a character", *_place(text, error.start)) from None
    if size > MOST_BYTES:
        raise CiConfigError(f"the config has {size} bytes: {MOST_BYTES} is the most")
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, DocumentEndEvent):
                break
            builder.take(event)
    except yaml.reader.ReaderError as error:
        place = _place(text, error.position)
        raise CiConfigError("a character that YAML does not allow", *place) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "no YAML"
        if mark is None:
            raise CiConfigError(reason) from None
        raise CiConfigError(reason, mark.line + 1, mark.column + 1) from None
    except yaml.YAMLError as error:
        raise CiConfigError(str(error)) from None
    return builder.root


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column, from 1, of a position in `text`."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


@dataclass(slots=True)
class _Open:
    """A map or list that has begun. `key` is the key of a map that waits for its value; `weight`
    counts the values in it."""

    value: "list[Node] | Map"
    start: Event
    anchor: str | None
    key: str | None = None
    has_key: bool = False
    weight: int = 1


class _Builder:
    """Makes a tree of events."""

    def __init__(self) -> None:
        self.root: Node = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}

    def take(self, event: Event) -> None:
        if isinstance(event, CollectionStartEvent):
            if len(self._open) == MOST_DEPTH:
                _refuse(event, f"nested deeper than {MOST_DEPTH} levels")
            value: list[Node] | Map = {} if isinstance(event, MappingStartEvent) else []
            self._open.append(_Open(value, event, event.anchor))
        elif isinstance(event, CollectionEndEvent):
            done = self._open.pop()
            if isinstance(done.value, dict):
                _merge(done.value)
            self._add(done.start, done.value, done.anchor, done.weight)
        elif isinstance(event, ScalarEvent):
            is_null = event.implicit[0] and event.value in _NULLS and not self._wants_key()
            self._add(event, None if is_null else event.value, event.anchor, 1)
        elif isinstance(event, AliasEvent):
            anchor = event.anchor or ""
            if anchor not in self._anchors:
                _refuse(event, f"*{anchor[:_SHOWN]} names nothing that is complete before it")
            named, weight = self._anchors[anchor]
            self._add(event, named, None, weight)

    def _wants_key(self) -> bool:
        return (
            bool(self._open)
            and isinstance(self._open[-1].value, dict)
            and (not self._open[-1].has_key)
        )

    def _set_key(self, event: Event, key: str | None) -> None:
        """None stands for a key that is no scalar."""
        top = self._open[-1]
        if key is not None and key != _MERGE and key in top.value:
            _refuse(event, f"the key {key[:_SHOWN]!r} stands twice in its map")
        top.key, top.has_key = key, True

    def _add(self, event: Event, value: Node, anchor: str | None, weight: int) -> None:
        """Puts a complete value where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = value, weight
        if not self._open:
            self.root = value
            return
        if self._wants_key():
            self._set_key(event, value if isinstance(value, str) else None)
            return
        top = self._open[-1]
        top.weight += weight
        if top.weight > MOST_NODES:
            _refuse(event, f"more than {MOST_NODES} values, counting what aliases repeat")
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            if top.key is not None:
                top.value[top.key] = value
            top.has_key = False


def _merge(own: Map) -> None:
    """Replaces `<<` by the entries of the maps it names that `own` does not have itself."""
    merged = own.pop(_MERGE, None)
    for source in merged if isinstance(merged, list) else [merged]:
        if isinstance(source, dict):
            for key, value in source.items():
                own.setdefault(key, value)


def _refuse(event: Event, reason: str) -> NoReturn:
    if (mark := event.start_mark) is None:
        raise CiConfigError(reason)
    raise CiConfigError(reason, mark.line + 1, mark.column + 1)
