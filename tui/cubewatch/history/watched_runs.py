"""WatchedRuns: the runs that were looked at, in a file on this machine."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cubewatch.model.repository import RepoError, RepoSlug
from cubewatch.runtime.files import locked_folder, new_file, read_file, write_all
from cubewatch.text.sanitize import inert

FILE = "watched.jsonl"
MAX_RUNS = 500
MAX_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """A run that was looked at, at `at` for the last time; `status` is what it was then."""

    repo: RepoSlug
    slug: str
    at: datetime
    status: str = ""


class WatchedRuns:
    """The newest MAX_RUNS runs that were looked at, as JSON lines in `folder`.

    Reading raises nothing, whatever the file holds. Methods wait for the disk: call them in a
    thread.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder` None: there is no place, and nothing is kept."""
        self._folder = folder

    def add(self, runs: Iterable[WatchedRun]) -> None:
        """Notes runs that were looked at. What can't be written is lost: nothing depends on it."""
        if self._folder is None:
            return
        try:
            with locked_folder(self._folder):
                known = {(run.repo, run.slug): run for run in self.all()}
                for run in runs:
                    known[run.repo, run.slug] = run
                newest = sorted(known.values(), key=lambda run: run.at, reverse=True)[:MAX_RUNS]
                data = b"".join(_line(run) for run in newest)
                with new_file(self._folder / FILE) as descriptor:
                    write_all(descriptor, data)
        except OSError:
            return

    def all(self) -> tuple[WatchedRun, ...]:
        """All runs that were looked at, the newest first."""
        data = (self._folder and read_file(self._folder / FILE, MAX_BYTES)) or b""
        found = [run for line in data.split(b"\n")[:MAX_RUNS] if (run := _read(line))]
        return tuple(sorted(found, key=lambda run: run.at, reverse=True))

    def repositories(self) -> tuple[RepoSlug, ...]:
        """The repositories of these runs, the one that was used last first."""
        return tuple(dict.fromkeys(run.repo for run in self.all()))


def _line(run: WatchedRun) -> bytes:
    fields = [str(run.repo), run.slug, run.at.astimezone(UTC).isoformat(), run.status]
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def _read(line: bytes) -> WatchedRun | None:
    try:
        repo, slug, at, status = json.loads(line)
        when = datetime.fromisoformat(at)
        if not (slug and isinstance(slug, str) and isinstance(status, str) and when.tzinfo):
            return None
        return WatchedRun(RepoSlug.parse(repo), inert(slug), when, inert(status))
    except (ValueError, TypeError, AttributeError, RecursionError, RepoError):
        return None
