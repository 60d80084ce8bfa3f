"""YAML of unknown origin as plain maps, lists and texts: bounded, and never recursive."""

import re
from dataclasses import dataclass
from typing import NamedTuple, NoReturn, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from cubewatch.text.sanitize import inert

Node: TypeAlias = "str | list[Node] | Map | None"
Map: TypeAlias = "dict[str, Node]"

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_NODES = 100_000
"""How many values a config may have, those that aliases repeat counted each time."""

_SHOWN = 60
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""YAML 1.1, 5.1: all but the printable characters. Half characters are among them."""


class CiConfigError(Exception):
    """A config that can't be read. `str()` is one inert line that says what and where; `line`
    and `column` count from 1, and are None where no place is known."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        place = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(inert(place + " ".join(reason.split())))


def read_tree(text: str) -> Node:
    """Reads a YAML document. Every scalar stays as it is written, but for one that is null and
    stands without quotes: that is None.

    Aliases share what they name and `<<` merges maps; an entry whose key is no scalar is left
    out. Raises CiConfigError for what is no YAML, for a second document, for a key that stands
    twice in a map, for an alias within what it names, and for text that is too big, too deep or
    too repetitive. A byte order mark counts as no column.
    """
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise CiConfigError(f"the config is longer than {MAX_BYTES} bytes")
    if found := _FORBIDDEN.search(text):
        raise CiConfigError("a character that YAML does not allow", *_place(text, found.start()))
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "no YAML"
        if mark is None:
            raise CiConfigError(reason) from None
        if mark.index >= len(text):
            raise CiConfigError(reason, *_place(text, len(text))) from None
        raise CiConfigError(reason, mark.line + 1, mark.column + 1) from None
    except yaml.YAMLError as error:
        raise CiConfigError(str(error)) from None
    return builder.root


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column, from 1, of a position in `text`."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


class _Done(NamedTuple):
    """A complete value. `weight` counts the values in it, itself among them, and `height` the
    maps and lists from it to the deepest in it."""

    value: Node
    weight: int = 1
    height: int = 0


@dataclass(slots=True)
class _Open:
    """A map or list that has begun. `key` is the key of a map that waits for its value."""

    value: "list[Node] | Map"
    start: Event
    anchor: str | None
    key: str | None = None
    has_key: bool = False
    weight: int = 1
    height: int = 1

    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and not self.has_key


class _Builder:
    """Makes a tree of events."""

    def __init__(self) -> None:
        self.root: Node = None
        self._open: list[_Open] = []
        self._anchors: dict[str, _Done] = {}
        self._documents: list[Event] = []

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents.append(event)
        elif len(self._documents) == 1:
            self._take(event)
        elif isinstance(event, NodeEvent) and not _is_null(event):
            _refuse(self._documents[1], "a second document begins here")

    def _take(self, event: Event) -> None:
        if isinstance(event, CollectionStartEvent):
            value: list[Node] | Map = {} if isinstance(event, MappingStartEvent) else []
            self._refuse_depth(event, 1)
            self._open.append(_Open(value, event, event.anchor))
        elif isinstance(event, CollectionEndEvent):
            done = self._open.pop()
            if isinstance(done.value, dict):
                _merge(done.value)
            self._add(done.start, _Done(done.value, done.weight, done.height), done.anchor)
        elif isinstance(event, ScalarEvent):
            is_key = bool(self._open) and self._open[-1].wants_key()
            is_null = _is_null(event) and not is_key
            self._add(event, _Done(None if is_null else event.value), event.anchor)
        elif isinstance(event, AliasEvent):
            anchor = event.anchor or ""
            if anchor not in self._anchors:
                _refuse(event, f"*{anchor[:_SHOWN]} names nothing that is complete before it")
            named = self._anchors[anchor]
            self._refuse_depth(event, named.height)
            self._add(event, named, None)

    def _refuse_depth(self, event: Event, height: int) -> None:
        if len(self._open) + height > MAX_DEPTH:
            _refuse(event, f"nested deeper than {MAX_DEPTH} levels")

    def _add(self, event: Event, done: _Done, anchor: str | None) -> None:
        """Adds a complete value to the open map or list."""
        if anchor is not None:
            self._anchors[anchor] = done
        if not self._open:
            self.root = done.value
            return
        top = self._open[-1]
        top.height = max(top.height, done.height + 1)
        if top.wants_key():
            _set_key(top, event, done.value if isinstance(done.value, str) else None)
            return
        top.weight += done.weight
        if top.weight > MAX_NODES:
            _refuse(event, f"more than {MAX_NODES} values, counting what aliases repeat")
        if isinstance(top.value, list):
            top.value.append(done.value)
        else:
            if top.key is not None:
                top.value[top.key] = done.value
            top.has_key = False


def _set_key(top: _Open, event: Event, key: str | None) -> None:
    """Sets the key of the open map; None for a key that is no scalar."""
    if key is not None and key != _MERGE and key in top.value:
        _refuse(event, f"the key {key[:_SHOWN]!r} stands twice in its map")
    top.key, top.has_key = key, True


def _is_null(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and event.implicit[0] and event.value in _NULLS


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
