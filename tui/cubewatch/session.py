"""Session: what the screens of one start share, made when it is first needed."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

from cubewatch.model.address import api_server
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.clock import Timing
from cubewatch.runtime.folders import cache_folder, current_folder, state_folder
from cubewatch.runtime.temporary import TemporaryFolder, sweep
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.settings import Secret, Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from cubewatch.api.client import Client
    from cubewatch.api.download import Downloader
    from cubewatch.api.raw import RawHost
    from cubewatch.artifacts.downloads import Downloads, Fetcher
    from cubewatch.git.clone import Clone
    from cubewatch.git.surroundings import ConfigFound, Surroundings
    from cubewatch.history.memory import Memory, Sent
    from cubewatch.history.watched_runs import WatchedRuns
    from cubewatch.logs.failure_causes import FailureCauses
    from cubewatch.logs.store import LogStore
    from cubewatch.model.around import User
    from cubewatch.model.request import GitRevision
    from cubewatch.model.run import Run
    from cubewatch.refs.remote_config import RemoteConfig
    from cubewatch.watch.awaited import AwaitedCommit
    from cubewatch.watch.earlier import EarlierRuns
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.outlook import Outlook
    from cubewatch.watch.recording import Recorder, RecordingFolder, RecordingSource
    from cubewatch.watch.recording_file import Recording
    from cubewatch.watch.replay import ReplayFeed
    from cubewatch.watch.runs_outlook import RunsOutlook
    from cubewatch.watch.runs_poll import RunsPoll

    ReadConfig = Callable[[GitRevision | None], Awaitable[ConfigFound]]


class Session:
    """One client, one clone, one memory. The libraries behind them are loaded in a thread, after
    the first frame."""

    def __init__(
        self,
        settings: Settings,
        *,
        client: "Callable[[Settings], Client] | None" = None,
        fetcher: "Fetcher | None" = None,
        find_clone: "Callable[[], Clone | None] | None" = None,
        read_config: "ReadConfig | None" = None,
        remote_config: "RemoteConfig | None" = None,
        replay: "ReplayFeed | None" = None,
        timing: Timing | None = None,
        parent: "Session | None" = None,
    ) -> None:
        """What is not given is made when it is first needed: `client` from the settings, in a
        thread; `fetcher` for downloads; the clone around the current directory and its configs;
        the source of configs of other repositories.

        `replay`: a recording to be played in place of every run. `parent`: the session of another
        repository, whose client, clock and state this one shares.
        """
        self.settings = settings
        self.timing: Timing = timing or (parent.timing if parent else Timing())
        self.replay = replay
        self._parent = parent
        self._new_client = client or _make_client
        self._fetcher = fetcher
        self._find_clone = find_clone or _find_clone
        self._read_config = read_config or self._read_config_here
        self._remote_config = remote_config
        self._repo = settings.repo
        self._client: Client | None = None
        self._raw: RawHost | None = None
        self._downloader: Downloader | None = None
        self._downloads: Downloads | None = None
        self._logs: LogStore | None = None
        self._feeds: WeakSet[RunFeed] = WeakSet()
        self._recorders: list[Recorder] = []
        self._record_to = settings.record_to
        self._asked_recorder: Recorder | None = None
        self._clone: Clone | None = None
        self._looked_for_clone = False
        self._demo_state: TemporaryFolder | None = None
        self._others: dict[RepoSlug, Session] = {}
        self._user: User | None = None
        self._making = asyncio.Lock()

    async def client(self) -> "Client":
        """The client of the API, or of the demo."""
        if self._parent:
            return await self._parent.client()
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._new_client, self.settings)
            return self._client

    @property
    def repo(self) -> RepoSlug:
        """The repository that everything is about. Raises SettingsError before one is known."""
        if self._repo is None:
            raise SettingsError("it is not known yet which repository this is about")
        return self._repo

    @property
    def knows_repo(self) -> bool:
        """Whether there is a repository already."""
        return self._repo is not None

    def settle(self, repo: RepoSlug) -> None:
        """Make everything that follows about `repo`."""
        self._repo = repo

    def logs(self) -> "LogStore":
        """The logs that were looked at, which stay while screens come and go."""
        if self._logs is None:
            from cubewatch.logs.store import LogStore

            self._logs = LogStore(self.client, self.repo, self.timing)
        return self._logs

    def run_is(self, run: "Run") -> None:
        """Tells the logs that were looked at what has become of a run's cubes."""
        if self._logs is not None:
            self._logs.run_is(run)

    def failure_causes(self, on_change: "Callable[[], object]" = lambda: None) -> "FailureCauses":
        """A search for the causes of a run's failures, which is given the run's snapshots."""
        from cubewatch.logs.failure_causes import FailureCauses

        return FailureCauses(self.logs(), self.timing, on_change)

    def feed(self, repo: RepoSlug, slug: str, *, exists: bool = False) -> "RunFeed":
        """The feed of a run: the same for all who look at it. An empty slug is the newest run.
        `exists`: the run was just started or listed, so that a 404 is only a delay."""
        from cubewatch.watch.feed import RunFeed

        if self.replay:
            return self.replay
        for feed in self._feeds:
            if (feed.repo, feed.slug) == (repo, slug):
                return feed
        interval = self.settings.poll_interval
        source = self._recorded(repo)
        feed = RunFeed(source, repo, slug, self.timing, interval, exists=exists)
        self._feeds.add(feed)
        return feed

    def _recorded(self, repo: RepoSlug) -> "RecordingSource":
        """The API as the source of a run, whose answers are recorded on their way."""
        from cubewatch.watch.recording import (
            MAX_KEPT_ANSWER,
            Recorder,
            RecordingSource,
            new_recording,
        )

        recorders = []
        if folder := self.recordings():
            recorders.append(Recorder(repo, folder.opened, MAX_KEPT_ANSWER))
        if path := self._record_to:
            self._record_to = None
            self._asked_recorder = Recorder(repo, lambda *_: new_recording(path))
            recorders.append(self._asked_recorder)
        self._recorders += recorders
        return RecordingSource(self.client, recorders, self.timing)

    @property
    def recording_trouble(self) -> str:
        """The reason why the requested recording is not complete, "" if it is; after `close`."""
        return self._asked_recorder.trouble if self._asked_recorder else ""

    def recordings(self) -> "RecordingFolder | None":
        """The recordings of all runs that were watched; None where there is no place for them."""
        from cubewatch.watch.recording import RecordingFolder

        folder = self._own_folder("recordings")
        if self.settings.demo_speed is not None:
            state = state_folder()  # those of the demo stay, to be played when it has ended
            folder = state and state / "recordings" / "demo"
        return RecordingFolder(folder) if folder else None

    def outlook(self, feed: "RunFeed") -> "Outlook":
        """The outlook on the run of a feed."""
        from cubewatch.watch.outlook import Outlook

        return Outlook(feed, self.earlier_runs())

    def runs_outlook(self, poll: "RunsPoll") -> "RunsOutlook":
        """The outlook on the runs of lists."""
        from cubewatch.watch.runs_outlook import RunsOutlook

        return RunsOutlook(poll, self.earlier_runs())

    async def downloads(self) -> "Downloads":
        """The queue of downloads, which goes on while screens come and go."""
        client = await self.client()
        async with self._making:
            if self._downloads is None:
                self._downloads = await asyncio.to_thread(self._make_downloads, client)
            return self._downloads

    def memory(self) -> "Memory":
        """The history of requests; that of the demo is deleted with it."""
        from cubewatch.history.memory import Memory

        return Memory(self._own_folder("sent"))

    def sent_as(self, run_slug: str) -> "Sent | None":
        """The request that started a run, as the history has it. Waits for the disk. What reads
        requests is loaded only where one was ever sent from."""
        folder = self._own_folder("sent")
        return self.memory().of_run(self.repo, run_slug) if folder and folder.exists() else None

    def _own_folder(self, name: str) -> Path | None:
        """A folder for data about this server, or for as long as the demo lasts; None where there
        is none."""
        if self._parent:
            return self._parent._own_folder(name)
        if self.settings.demo_speed is not None:
            if self._demo_state is None:
                self._demo_state = TemporaryFolder("demo")
            return self._demo_state.path / name
        state = state_folder()
        return state and state / name / api_server(self.settings.api_url)

    def earlier_runs(self) -> "Callable[[], EarlierRuns]":
        """A function that makes the EarlierRuns, to be called in a thread: it loads SQLite. A
        recording that is played adds nothing to them, as it may come from anybody."""
        folder, keeps = self._own_folder("durations"), self.replay is None

        def make() -> "EarlierRuns":
            from cubewatch.history.duration_store import DurationStore
            from cubewatch.watch.earlier import EarlierRuns

            return EarlierRuns(self.client, DurationStore(folder), self.timing, keeps=keeps)

        return make

    async def clone(self) -> "Clone | None":
        """The git clone around the current folder; None outside of one and in the demo. Raises
        GitError."""
        if self.settings.demo_speed is None and not self._looked_for_clone:
            self._clone = await run_in_daemon_thread(self._find_clone)
            self._looked_for_clone = True
        return self._clone

    async def checked_out(self) -> "AwaitedCommit | None":
        """The commit that is checked out in the clone we stand in; in the demo that of a pull
        request that gets a run soon. None: there is none, or it is a clone of something else."""
        from cubewatch.git.git import GitError
        from cubewatch.watch.awaited import AwaitedCommit

        if self.settings.demo_speed is not None:
            from cubewatch.demo import demo_head

            return AwaitedCommit(*demo_head())
        try:
            clone = await run_in_daemon_thread(self._find_clone)
        except GitError:
            return None
        if clone is None or clone.remote_of(self.repo) is None or not clone.head.commit:
            return None
        return AwaitedCommit(clone.head.commit, clone.head.branch, clone.head.when)

    def surroundings(self) -> "Surroundings":
        """The surroundings of the repository here. Call it after `clone`."""
        from cubewatch.git.surroundings import Surroundings

        return Surroundings(current_folder(), self.repo, self._clone)

    async def ci_config(self, revision: "GitRevision | None") -> "ConfigFound":
        """The config at a revision: the demo's, or that of the clone."""
        return await self._read_config(revision)

    def about(self, repo: RepoSlug) -> "Session":
        """The session for another repository, with the same client, clock and state."""
        if repo == self._repo:
            return self
        if self._repo is None:
            self.settle(repo)
            return self
        if repo not in self._others:
            self._others[repo] = Session(
                self.settings._replace(repo=repo, record_to=None), parent=self
            )
        return self._others[repo]

    def runs_poll(self, repositories: Iterable[RepoSlug]) -> "RunsPoll":
        """A poll of the lists of runs of some repositories; not started yet."""
        from cubewatch.watch.runs_poll import RunsPoll

        return RunsPoll(self.client, repositories, self.timing)

    async def user(self) -> "User | None":
        """The user that the token belongs to; None if the server does not say."""
        from cubewatch.api.errors import ApiError

        if self._user is None:
            client = await self.client()
            with suppress(ApiError):
                self._user = await client.user()
        return self._user

    def watched_runs(self) -> "WatchedRuns":
        """The runs that were looked at, also at earlier starts."""
        from cubewatch.history.watched_runs import WatchedRuns

        return WatchedRuns(self._own_folder("watched"))

    async def repositories(self) -> tuple[RepoSlug, ...]:
        """The repositories whose runs are listed where none is named: this one and those of the
        config file; without any those that were used before, and those that the server says are
        the person's. The demo shows all that it has."""
        own = (self._repo,) if self._repo else ()
        known = tuple(dict.fromkeys((*own, *self.settings.repositories)))
        if known and self.settings.demo_speed is None:
            return known
        return await self.all_repositories()

    async def all_repositories(self) -> tuple[RepoSlug, ...]:
        """All repositories that are known, at most MAX_REPOSITORIES: what `repositories` may name,
        then those used before, then those the server says are the person's."""
        from cubewatch.api.errors import ApiError

        def used() -> tuple[RepoSlug, ...]:
            return (*self.watched_runs().repositories(), *self.memory().repositories())

        found = [*((self._repo,) if self._repo else ()), *self.settings.repositories]
        found += await run_in_daemon_thread(used)
        client = await self.client()
        with suppress(ApiError):
            found += (await client.my_repositories(page_size=MAX_REPOSITORIES)).slugs
        return tuple(dict.fromkeys(found))[:MAX_REPOSITORIES]

    def remote_config(self) -> "RemoteConfig | None":
        """The source of configs of repositories without a clone; None where there is none."""
        settings = self.settings
        if self._remote_config or not (settings.raw_url or settings.git_url):
            return self._remote_config
        from cubewatch.refs.remote_config import RemoteConfig

        cache = cache_folder()
        folder = cache and cache / "config" / api_server(settings.api_url)
        raw = self._raw_host if settings.raw_url else None
        return RemoteConfig(raw, settings.git_url, settings.token, folder)

    async def _raw_host(self) -> "RawHost":
        async with self._making:
            if self._raw is None:
                self._raw = await asyncio.to_thread(_make_raw_host, self.settings.raw_url)
            return self._raw

    async def close(self) -> None:
        """Gives connections and disk space back; what is under way ends."""
        for feed in tuple(self._feeds):
            feed.close()
        for recorder in self._recorders:
            await asyncio.to_thread(recorder.close)
        for other in self._others.values():
            await other.close()
        if self._logs is not None:
            self._logs.close()
        if self._downloads is not None:
            await self._downloads.close()
        if self._downloader is not None:
            await self._downloader.close()
        if self._client is not None:
            await self._client.close()
        if self._raw is not None:
            await self._raw.close()
        if self._demo_state is not None:
            self._demo_state.close()

    def _make_downloads(self, client: "Client") -> "Downloads":
        from cubewatch.api.download import Downloader
        from cubewatch.artifacts.downloads import Downloads
        from cubewatch.artifacts.list import ArtifactList

        artifacts = ArtifactList(client, self.repo, self.timing)
        fetcher = self._fetcher
        if fetcher is None:
            fetcher = self._downloader = Downloader(transport=download_transport(self.settings))
        return Downloads(artifacts, fetcher, self.timing)

    async def _read_config_here(self, revision: "GitRevision | None") -> "ConfigFound":
        from cubewatch.git.surroundings import read_found

        if self.settings.demo_speed is None:
            return await run_in_daemon_thread(partial(self.surroundings().config, revision))
        from cubewatch.demo import demo_ci_config_text

        return read_found(demo_ci_config_text(self.repo.repo), "the demo")


def download_transport(settings: Settings) -> "httpx.AsyncBaseTransport | None":
    """The transport for artifacts of the demo, without a socket; None: over the network."""
    if settings.demo_speed is None:
        return None
    from cubewatch.api.streamed import StreamedTransport
    from cubewatch.demo.artifact_files import answer_file

    return StreamedTransport(partial(answer_file, speed=settings.demo_speed))


def replay_session(settings: Settings, recording: "Recording", speed: float | None) -> Session:
    """A session in which a recording is played, so many times faster than it was. It makes no
    requests."""
    from cubewatch.watch.replay import DEFAULT_SPEED, RecordedClient, ReplayClock, ReplayFeed

    clock = ReplayClock(recording.header.at, recording.seconds, speed or DEFAULT_SPEED)
    quiet = settings.terminal._replace(notify=False)
    return Session(
        settings._replace(repo=recording.header.repo, token=Secret(""), terminal=quiet),
        client=lambda _: cast("Client", RecordedClient()),
        replay=ReplayFeed(recording, clock),
        timing=clock,
    )


def _make_client(settings: Settings) -> "Client":
    from cubewatch.api.client import Client

    sweep()
    if settings.demo_speed is None:
        return Client(settings.api_url, settings.token, renew_token=settings.renew_token)
    import httpx

    from cubewatch.demo import DEMO_TOKEN, DemoClock, demo_app

    app = demo_app(clock=DemoClock(settings.demo_speed))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return Client(DEMO_URL, DEMO_TOKEN, transport=transport)


def _make_raw_host(url: str) -> "RawHost":
    from cubewatch.api.raw import RawHost

    return RawHost(url)


def _find_clone() -> "Clone | None":
    from cubewatch.git.clone import find_clone

    return find_clone(current_folder())


MAX_REPOSITORIES = 20
"""Repositories that are listed where none is named."""

DEMO_URL = "https://demo.invalid"
