"""Recorder: writes the answers about a run to a file as they come; and the folder of recordings."""

import json
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from cubewatch.api.client import Answer
from cubewatch.api.errors import ApiError
from cubewatch.model import status
from cubewatch.model.lenient import EARLIEST_DATE
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import RunPage
from cubewatch.runtime.clock import Timing
from cubewatch.runtime.files import private_folder
from cubewatch.text.size import size_text
from cubewatch.watch.poll import RunSource
from cubewatch.watch.recording_file import (
    MAX_ANSWER,
    Header,
    Recording,
    RecordingEntry,
    RecordingError,
    Writer,
    read_recording,
)

MAX_RECORDINGS = 100
MAX_FOLDER = 100_000_000
"""Recordings that are kept, and their bytes."""
MAX_KEPT_ANSWER = 1_500_000
"""Largest answer in bytes (about 3,500 cubes) of a run that is recorded without `--record`:
comparing bigger ones takes 40 MB and keeps the screen waiting."""
CLOSE_TIMEOUT = 2.0
ENDING = ".jsonl.gz"


class Recorder:
    """Records what a source answers, in a thread of its own: a big answer takes a while.

    `trouble` says why nothing more is recorded, "" if all is well.
    """

    def __init__(
        self,
        repo: RepoSlug,
        opened: Callable[[Header, bool], BinaryIO | None],
        max_answer: int = MAX_ANSWER,
    ) -> None:
        """`opened` gives the file for a recording with that header, and whether the run has ended
        by then; None: nothing is recorded. It may raise OSError. `max_answer`: bytes of the
        answers that are recorded."""
        self.trouble = ""
        self._max_answer = max_answer
        self._repo = repo
        self._opened = opened
        self._writer: Writer | None = None
        self._file: BinaryIO | None = None
        self._begin = 0.0
        self._notes: SimpleQueue[tuple[float, datetime, str, bytes] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def answer(self, seconds: float, at: datetime, slug: str, body: bytes) -> None:
        """Notes an answer about a run that came at these seconds of our clock, which is `at` by
        the server's."""
        if len(body) > self._max_answer:
            self.silence(seconds)
            self.trouble = f"answers of more than {size_text(self._max_answer)} are not recorded"
        if body and not self.trouble:
            self._notes.put((seconds, at, slug, body))
            if self._thread is None:
                self._thread = Thread(target=self._work, daemon=True)
                self._thread.start()

    def silence(self, seconds: float) -> None:
        """Notes that a request failed."""
        if self._thread and not self.trouble:
            self._notes.put((seconds, EARLIEST_DATE, "", b""))

    def close(self) -> None:
        """Completes the recording; waits for the disk, but not for ever."""
        if self._thread:
            self._notes.put(None)
            self._thread.join(CLOSE_TIMEOUT)
            self._thread = None

    def _work(self) -> None:
        try:
            while note := self._notes.get():
                self._take(*note)
            if self._writer:
                self._writer.end()
        except RecordingError as error:
            self.trouble = str(error)
        except OSError as error:
            self.trouble = f"nothing more was recorded: {error.strerror or 'the disk failed'}"
        finally:
            if self._file:
                with suppress(OSError):
                    self._file.close()

    def _take(self, seconds: float, at: datetime, slug: str, body: bytes) -> None:
        if self._writer is None and body:
            header = Header(self._repo, slug, at)
            self._file = self._opened(header, _is_final(body))
            if self._file is None:
                self.trouble = "this run is recorded already"
                return
            self._begin = seconds
            self._writer = Writer(self._file, header)
        if self._writer and body:
            self._writer.answer(seconds - self._begin, body)
        elif self._writer:
            self._writer.silence(seconds - self._begin)


class RecordingSource:
    """A source of a run whose answers are recorded on their way."""

    def __init__(
        self,
        source: Callable[[], Awaitable[RunSource]],
        recorders: Sequence[Recorder],
        timing: Timing,
    ) -> None:
        self._new_source = source
        self._source: RunSource | None = None
        self._recorders = recorders
        self._timing = timing

    async def __call__(self) -> RunSource:
        """Itself, once the real source is there."""
        self._source = await self._new_source()
        return self

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        source = self._source or await self._new_source()
        return await source.runs(repo, page_size=page_size, page_token=page_token)

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        source = self._source or await self._new_source()
        try:
            answer = await source.run_answer(repo, slug, etag)
        except ApiError:
            for recorder in self._recorders:
                recorder.silence(self._timing.now())
            raise
        at = answer.server_time or self._timing.utc()
        for recorder in self._recorders:
            recorder.answer(self._timing.now(), at, slug, answer.body)
        return answer


def _is_final(body: bytes) -> bool:
    try:
        answer = json.loads(body)
        return isinstance(answer, dict) and answer.get("status") in status.FINAL
    except (ValueError, RecursionError, TypeError):
        return False


class RecordingFolder:
    """The recordings of all runs that were watched, in a folder that is for this alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def opened(self, header: Header, is_final: bool) -> BinaryIO | None:
        """A new file for a recording; None for a run that had ended before if there is one of it
        already. The oldest recordings go. Raises OSError."""
        if is_final and self.of_run(header.repo, header.slug):
            return None
        private_folder(self._folder)
        self._drop_oldest()
        path = (
            self._folder / f"{_stem(header.repo, header.slug)}-{header.at:%Y%m%dT%H%M%S%f}{ENDING}"
        )
        return open(path, "xb", opener=_private)

    def of_run(self, repo: RepoSlug, slug: str) -> list[Path]:
        """The recordings of a run, the one that began first first."""
        with suppress(OSError):
            return sorted(self._folder.glob(f"{_stem(repo, slug)}-*{ENDING}"))
        return []

    def _drop_oldest(self) -> None:
        files = sorted(
            (path for path in self._folder.iterdir() if path.name.endswith(ENDING)),
            key=lambda path: path.stat().st_mtime,
            reverse=True,
        )
        total = 0
        for place, path in enumerate(files, 1):
            total += path.stat().st_size
            if place >= MAX_RECORDINGS or total > MAX_FOLDER:
                path.unlink()


def new_recording(path: Path) -> BinaryIO:
    """A new file for a requested recording, readable by its owner only. Raises
    RecordingError, also if there is a file already."""
    try:
        return open(path, "xb", opener=_private)
    except FileExistsError:
        raise RecordingError(f"{path} exists already: name a new file") from None
    except OSError as error:
        raise RecordingError(f"{path} can't be written: {error.strerror}") from None


def read_recordings(paths: list[Path]) -> Recording:
    """One recording of several of the same run, one after the other; nothing is known of the time
    between them. Raises RecordingError."""
    first, *others = [read_recording(path) for path in paths]
    for other in others:
        later = (other.header.at - first.header.at).total_seconds()
        if later > first.seconds:
            first.entries.append(RecordingEntry(first.seconds))
            first.entries += [replace(one, seconds=one.seconds + later) for one in other.entries]
            first.is_whole = other.is_whole
    return first


def _private(path: str, flags: int) -> int:
    no_link: int = getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags | no_link, 0o600)


def _stem(repo: RepoSlug, slug: str) -> str:
    """The begin of a file's name: readable, and different for every run."""
    digest = sha256(f"{repo}#{slug}".encode()).hexdigest()[:16]
    readable = re.sub(r"[^0-9A-Za-z]+", "-", slug)[:20].strip("-")
    return f"{digest}-{readable}"
