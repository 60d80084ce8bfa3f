"""Recordings: the answers of a server about a run, with their times, to be shown again later.

A recording is a gzip file of JSON lines: a header, then an entry for each answer that differs from
the one before, as the difference. It holds what the screen showed: no token, no inputs, no log,
and not the addresses of artifacts, whose signatures open them for a while.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from cubewatch.model import status
from cubewatch.model.lenient import EARLIEST_DATE, LATEST_DATE
from cubewatch.model.repository import RepoSlug

Json = Any

FORMAT = 1
GZIP = 31
"""zlib's number for a gzip file of any window."""
SMALL_GZIP = 29
"""That for one with a window of 8 kB. The largest takes 200 kB more of memory for each run that is
watched, and saves little: what is written are differences."""
MAX_ANSWER = 16_000_000
MAX_FILE = 20_000_000
"""Bytes of an answer and of a file, beyond which nothing more is recorded."""
MAX_TEXT = 80_000_000
MAX_PARTS = 2_000_000
MAX_ENTRIES = 60_000
MAX_SECONDS = 400 * 86400.0
MAX_DEPTH = 60
"""What is read of a recording, which may come from anybody."""
_CHUNK = 1 << 16
_DROPPED = ("download_url",)


class RecordingError(Exception):
    """A recording can't be written or read; `str()` of it is one line that says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a recording: its run and its time. `at` is when it begins, by the server's
    clock."""

    repo: RepoSlug
    slug: str
    at: datetime

    def line(self) -> bytes:
        about = {"repo": str(self.repo), "run": self.slug, "at": self.at.isoformat()}
        return _line({"cubewatch": FORMAT, **about})


@dataclass(frozen=True, slots=True)
class RecordingEntry:
    """An entry of a recording, `seconds` after the beginning. `change` is the difference to the
    answer before; None: no answer came."""

    seconds: float
    change: Json = None
    statuses: tuple[str, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether this is the first request that failed."""
        return self.change is None

    @property
    def fails(self) -> bool:
        """Whether something failed here."""
        return not status.FAILURES.isdisjoint(self.statuses)


@dataclass(slots=True)
class Recording:
    """A recording that was read. `is_whole`: every line of it was understood."""

    header: Header
    entries: list[RecordingEntry] = field(default_factory=list)
    is_whole: bool = True

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.entries[-1].seconds if self.entries else 0.0


class Writer:
    """Writes one recording, entry by entry, so that what was written is readable after kill -9."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        """`file` is written from its start and stays the caller's to close. Raises OSError."""
        self._file = file
        self._compress = zlib.compressobj(6, zlib.DEFLATED, SMALL_GZIP, memLevel=5)
        self._answer: Json = None
        self._silent = False
        self._written = 0
        self._write(header.line())

    def answer(self, seconds: float, body: bytes) -> None:
        """Notes an answer; nothing if it says the same as the last. Raises OSError, and
        RecordingError once the file is too long."""
        try:
            answer = json.loads(body, object_hook=_without_addresses)
        except (ValueError, RecursionError):
            return
        change = difference(self._answer, answer)
        if change is None and not self._silent:
            return
        self._answer, self._silent = answer, False
        self._write(_line({"t": round(seconds, 3), "d": change or {}}))

    def silence(self, seconds: float) -> None:
        """Notes that a request failed. Raises OSError."""
        if not self._silent:
            self._silent = True
            self._write(_line({"t": round(seconds, 3)}))

    def end(self) -> None:
        """Completes the file. Raises OSError."""
        self._file.write(self._compress.flush())
        self._file.flush()

    def _write(self, line: bytes) -> None:
        if self._written > MAX_FILE:
            raise RecordingError("nothing more was recorded: the recording is too long")
        data = self._compress.compress(line) + self._compress.flush(zlib.Z_SYNC_FLUSH)
        self._written += len(data)
        self._file.write(data)
        self._file.flush()


def _line(value: dict[str, Json]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _without_addresses(value: dict[str, Json]) -> dict[str, Json]:
    """The object itself: a big answer is not copied."""
    for key in _DROPPED & value.keys():
        del value[key]
    return value


def difference(before: Json, after: Json) -> Json:
    """The difference between two JSON values: None if they are equal.

    `{"=": value}` is another value; `{"+": {…}, "-": […], "~": {…}}` are the items of an object
    that came, went, and changed; of a list as long as before only `~`, by place.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        found: dict[str, Json] = {}
        if came := {key: one for key, one in after.items() if key not in before}:
            found["+"] = came
        if went := [key for key in before if key not in after]:
            found["-"] = went
        pairs = ((key, before[key], one) for key, one in after.items() if key in before)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        found = {}
        pairs = ((str(n), a, b) for n, (a, b) in enumerate(zip(before, after, strict=True)))
    else:
        return None if type(before) is type(after) and before == after else {"=": after}
    changed = {key: change for key, a, b in pairs if (change := difference(a, b)) is not None}
    if changed:
        found["~"] = changed
    return found or None


def changed(before: Json, change: Json) -> Json:
    """`before` after a change of `difference`; `before` itself stays as it is. Raises
    RecordingError for a change that does not fit."""
    try:
        return _changed(before, change, 0)
    except (TypeError, ValueError, LookupError, AttributeError):
        raise RecordingError("the recording does not fit together") from None


def _changed(before: Json, change: Json, depth: int) -> Json:
    if depth > MAX_DEPTH or not isinstance(change, dict):
        raise ValueError
    if "=" in change:
        return change["="]
    if isinstance(before, list):
        items = list(before)
        for key, one in change.get("~", {}).items():
            items[int(key)] = _changed(before[int(key)], one, depth + 1)
        return items
    if not isinstance(before, dict):
        if change:
            raise ValueError
        return before
    gone = change.get("-", ())
    found = {key: one for key, one in before.items() if key not in gone}
    for key, one in change.get("~", {}).items():
        found[key] = _changed(before[key], one, depth + 1)
    return {**found, **change.get("+", {})}


def read_recording(path: Path) -> Recording:
    """The recording in a file, as far as it can be understood. Raises RecordingError if it is
    none."""
    try:
        with open(path, "rb") as file:
            lines = _lines(file)
            recording = Recording(_read_header(next(lines, b"")))
            parts = 0
            for line in lines:
                parts += line.count(b"{") + line.count(b"[")
                fits = parts <= MAX_PARTS and len(recording.entries) < MAX_ENTRIES
                entry = _read_entry(line) if fits else None
                if entry is None or entry.seconds < recording.seconds:
                    recording.is_whole = False
                    break
                recording.entries.append(entry)
            else:
                recording.is_whole = not file.read(1)
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from None
    except zlib.error:
        raise RecordingError(f"{path} is no recording") from None
    if not recording.entries:
        raise RecordingError(f"{path} holds no answer of a server")
    return recording


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines of what the file holds when it is unpacked, up to a limit."""
    unpack = zlib.decompressobj(GZIP)
    rest: list[bytes] = []
    total = 0
    while not unpack.eof and total < MAX_TEXT:
        packed = unpack.unconsumed_tail or file.read(_CHUNK)
        if not packed:
            return
        try:
            data = unpack.decompress(packed, _CHUNK)
        except zlib.error:
            if not total:
                raise
            return
        total += len(data)
        first, *others = data.split(b"\n")
        rest.append(first)
        for line in others:
            yield b"".join(rest)
            rest = [line]


def _read_header(line: bytes) -> Header:
    try:
        value = json.loads(line)
        at = datetime.fromisoformat(value["at"]).astimezone(UTC)
        if value["cubewatch"] != FORMAT or not EARLIEST_DATE < at < LATEST_DATE:
            raise ValueError
        slug = str(value["run"])
        if not slug.isprintable() or not 0 < len(slug) <= 100:
            raise ValueError
        return Header(RepoSlug.parse(str(value["repo"])), slug, at)
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError):
        raise RecordingError("this is no recording that this version understands") from None


def _read_entry(line: bytes) -> RecordingEntry | None:
    try:
        value = json.loads(line)
        seconds, change = float(value["t"]), value.get("d")
        if not 0 <= seconds <= MAX_SECONDS or not isinstance(change, dict | None):
            return None
        return RecordingEntry(seconds, change, tuple(_statuses(change, 0)))
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError, AttributeError):
        return None


def _statuses(change: Json, depth: int) -> Iterator[str]:
    """Statuses that are another one after a change."""
    if depth > 2 * MAX_DEPTH:
        raise ValueError
    if isinstance(change, dict):
        for key, one in change.items():
            if key == "status":
                value = one.get("=") if isinstance(one, dict) else one
                if isinstance(value, str):
                    yield value
            yield from _statuses(one, depth + 1)
    elif isinstance(change, list):
        for one in change:
            yield from _statuses(one, depth + 1)
