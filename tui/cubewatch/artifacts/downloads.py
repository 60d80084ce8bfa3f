"""Downloads: artifacts on their way to the disk, two at a time."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from cubewatch.api.download import OnProgress
from cubewatch.api.download_errors import BrokenOffError, ExpiredError, UnfitError
from cubewatch.api.errors import ApiError
from cubewatch.api.retry import TRIES, retry_wait
from cubewatch.artifacts.list import ArtifactKey, ArtifactList
from cubewatch.artifacts.transfer import UNDER_WAY, Speed, State, Transfer
from cubewatch.model.artifact_path import Parts, Taken, UnsafePathError
from cubewatch.runtime.clock import Timing

AT_ONCE = 2
UPDATE_INTERVAL = 0.25
"""Seconds between two updates at least."""
CLOCK = 1.0
"""Seconds between two updates while something runs at most: speeds sink where nothing comes."""


class Fetcher(Protocol):
    """Downloads one file: `Downloader`, or a script in a test."""

    async def download(
        self, url: str, folder: Path, parts: Parts, source: str, on_progress: OnProgress
    ) -> Path: ...


@dataclass(slots=True)
class _Job:
    key: ArtifactKey
    url: str
    folder: Path
    parts: Parts
    transfer: Transfer = field(default_factory=lambda: Transfer("waiting"))
    speed: Speed = field(default_factory=Speed)
    before: asyncio.Task[None] | None = None
    """The same artifact's last download, which may still hold its file."""
    task: asyncio.Task[None] | None = None


class Downloads:
    """A queue that outlives the screen that shows it. What is canceled or broken off can be added
    again and then goes on where it stopped."""

    def __init__(self, artifacts: ArtifactList, fetcher: Fetcher, timing: Timing) -> None:
        self.artifacts = artifacts
        self.now = timing.now
        self._fetcher = fetcher
        self._timing = timing
        self._jobs: dict[ArtifactKey, _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._running = 0
        self._taken: dict[Path, Taken] = {}
        self._places: dict[tuple[Path, ArtifactKey, Parts], Parts] = {}
        self._changed = asyncio.Event()

    def add(self, key: ArtifactKey, url: str, folder: Path, under: Parts = ()) -> None:
        """Puts an artifact at the end of the queue, unless it is in it or on its way already.

        `url` may have expired or be empty: a fresh one is then requested. It is saved below
        `folder`, in the directories `under`, by its path as far as that is safe.
        """
        job = self._jobs.get(key)
        if job and job.transfer.state in UNDER_WAY:
            return
        before = self._jobs.pop(key).task if job else None
        try:
            job = _Job(key, url, folder, self._place(key, folder, under), before=before)
            self._waiting.append(job)
        except UnsafePathError as error:
            refused = UnfitError(f"not saved: {error}")
            job = _Job(key, url, folder, (), Transfer("failed", error=refused))
        self._jobs[key] = job
        self._start_next()

    def cancel(self, key: ArtifactKey) -> None:
        """Ends a download, or takes it out of the queue."""
        job = self._jobs.get(key)
        if job and job.transfer.state in UNDER_WAY:
            self._set(job, "canceled")
            if job.task:
                job.task.cancel()
            self._start_next()

    def cancel_all(self) -> None:
        """Cancels every download; what would move up is canceled before it begins."""
        for key in self._jobs:
            self.cancel(key)

    async def close(self) -> None:
        """Ends all of them and waits until their files are let go."""
        self.cancel_all()
        tasks = [job.task for job in self._jobs.values() if job.task]
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def under_way(self) -> int:
        """The number of downloads that run or wait."""
        return sum(job.transfer.state in UNDER_WAY for job in self._jobs.values())

    def transfers(self) -> dict[ArtifactKey, Transfer]:
        """The state of every download, in the order they were added."""
        return {key: self._seen(job) for key, job in self._jobs.items()}

    async def updates(self) -> AsyncGenerator[dict[ArtifactKey, Transfer], None]:
        """The state of every download: now, and after each change. Never ends by itself."""
        while True:
            self._changed.clear()
            yield self.transfers()
            await self._timing.sleep(UPDATE_INTERVAL)
            await self._timing.wait(self._changed, CLOCK if self._running else None)

    def _place(self, key: ArtifactKey, folder: Path, under: Parts) -> Parts:
        """The path of an artifact below its folder, always the same, so that a part file is found
        again."""
        place = (folder, key, under)
        if place not in self._places:
            taken = self._taken.setdefault(folder, Taken())
            self._places[place] = taken.place(key.local_path, under)
        return self._places[place]

    def _start_next(self) -> None:
        self._changed.set()
        while self._waiting and self._running < AT_ONCE:
            job = self._waiting.popleft()
            if job.transfer.state == "waiting":
                self._running += 1
                job.transfer = Transfer("running")
                job.task = asyncio.create_task(self._work(job))

    async def _work(self, job: _Job) -> None:
        try:
            if job.before:
                await asyncio.wait({job.before})
            saved = await self._fetched(job)
            self._set(job, "saved", saved=saved)
        except ApiError as error:
            self._set(job, "failed", error=error)
        except Exception as fault:  # a mistake of ours is this file's failure, not the queue's end
            self._set(job, "failed", error=UnfitError(f"{type(fault).__name__} in the download"))
        finally:
            self._start_next()

    async def _fetched(self, job: _Job) -> Path:
        """Downloads a file, with three tries for errors that may pass and one with a fresh address
        for one that was refused; progress resets the count."""
        tried, refreshed, furthest = 0, False, 0
        while True:
            try:
                job.url = job.url or await self.artifacts.fresh_url(job.key)
                return await self._fetcher.download(
                    job.url, job.folder, job.parts, self._source(job.key), self._progress_of(job)
                )
            except (ExpiredError, BrokenOffError) as error:
                job.url = ""
                if job.transfer.done > furthest:
                    tried, refreshed, furthest = 0, False, job.transfer.done
                if isinstance(error, ExpiredError):
                    if refreshed:
                        raise
                    refreshed = True
                    continue
                tried += 1
                if tried >= TRIES:
                    raise
                wait = max(retry_wait(tried, self._timing), error.retry_after or 0)
            await self._timing.sleep(wait)

    def _source(self, key: ArtifactKey) -> str:
        return f"{self.artifacts.repo}#{key}"

    def _progress_of(self, job: _Job) -> OnProgress:
        def on_progress(done: int, total: int | None) -> None:
            if job.transfer.state == "running":
                job.speed.note(self._timing.now(), done)
                job.transfer = replace(job.transfer, done=done, total=total)
                self._changed.set()

        return on_progress

    def _set(
        self,
        job: _Job,
        state: State,
        saved: Path | None = None,
        error: ApiError | None = None,
    ) -> None:
        """Sets the state of a download; a canceled one stays canceled."""
        if job.transfer.state in UNDER_WAY:
            self._running -= job.transfer.state == "running"
            job.transfer = replace(job.transfer, state=state, saved=saved, error=error)
            self._changed.set()

    def _seen(self, job: _Job) -> Transfer:
        transfer = job.transfer
        if transfer.state != "running":
            return transfer
        speed = job.speed.at(self._timing.now())
        left = (transfer.total - transfer.done) / speed if speed and transfer.total else None
        return replace(transfer, speed=speed, left=left)


async def until_done(downloads: Downloads) -> AsyncIterator[dict[ArtifactKey, Transfer]]:
    """The updates until none is under way; the last one has how all ended."""
    async with aclosing(downloads.updates()) as updates:
        async for transfers in updates:
            yield transfers
            if not any(transfer.state in UNDER_WAY for transfer in transfers.values()):
                return
