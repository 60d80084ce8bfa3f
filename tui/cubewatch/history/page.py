"""Page: the history of one repository, as its file has it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

from cubewatch.history.entries import (
    SavedPreset,
    Sent,
    entry_line,
    header_line,
    read_entry,
    read_header,
)
from cubewatch.model.repository import RepoSlug

ENDING = ".jsonl"
MAX_SENT = 50
MAX_BYTES = 2_000_000
"""Of a file. An entry that has an eighth of it always finds room, if presets have no more than
half."""
_HEADER_BYTES = 1000


def file_name(repo: RepoSlug) -> str:
    """A name that differs for every repository, also where letters are alike in both cases."""
    return f"{sha256(str(repo).encode()).hexdigest()[:32]}{ENDING}"


@dataclass(slots=True)
class Page:
    """`sent` is newest first. `whole`: all of the file was understood."""

    sent: list[Sent] = field(default_factory=list)
    presets: dict[str, SavedPreset] = field(default_factory=dict)
    whole: bool = True

    @classmethod
    def read(cls, repo: RepoSlug, data: bytes) -> "Page":
        """Reads what it can of `data`, the bytes of a file (empty: there is none)."""
        page = cls()
        first, *lines = data.split(b"\n")
        header = read_header(first)
        if header is None or header[0] != repo:
            page.whole = not data
            return page
        runs: dict[str, Sent] = {}
        for line in filter(None, lines):
            match read_entry(line):
                case Sent() as sent:
                    runs.setdefault(sent.run_slug, sent)
                case SavedPreset() as preset:
                    page.presets.setdefault(preset.name, preset)
                case None:
                    page.whole = False
        page.sent = _newest(runs.values())[:MAX_SENT]
        return page

    def add(self, sent: Sent) -> None:
        """Add an entry in place of one for the same run; if there are too many, the oldest goes."""
        wanted = (sent.draft, sent.forgotten)
        others = [
            one
            for one in self.sent
            if one.run_slug != sent.run_slug
            and (one.run_slug or (one.draft, one.forgotten) != wanted)
        ]
        self.sent = _newest([sent, *others[: MAX_SENT - 1]])

    def presets_data(self) -> bytes:
        """The part of the file with the presets."""
        return b"".join(map(entry_line, self.presets.values()))

    def data(self, repo: RepoSlug) -> bytes:
        """The bytes of the file. Drops the oldest of `sent` that do not fit."""
        presets = self.presets_data()
        lines = [entry_line(one) for one in self.sent]
        sizes = accumulate(map(len, lines), initial=_HEADER_BYTES + len(presets))
        del self.sent[max(0, sum(size <= MAX_BYTES for size in sizes) - 1) :]
        header = header_line(repo, self.sent[0].at if self.sent else None)
        return b"".join([header, presets, *lines[: len(self.sent)]])


def _newest(sent: Iterable[Sent]) -> list[Sent]:
    return sorted(sent, key=lambda one: one.at, reverse=True)
