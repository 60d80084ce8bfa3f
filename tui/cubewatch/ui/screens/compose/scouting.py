"""ScoutingScreen: finds out what there is to know about the repository, all of it after the first
frame, in threads or over the network, and tells it by messages."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from cubewatch.model.draft import CONFIG_REVISION, HEAD
from cubewatch.model.git_ref import GitRef, Standing
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.model.wording import standing_notice
from cubewatch.refs.search import RefSearch
from cubewatch.runtime.threads import aside
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.base import BaseScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cubewatch.git.clone import Clone
    from cubewatch.git.surroundings import ConfigFound
    from cubewatch.session import Session

RECENT_RUNS = 20
REVISIONS = (HEAD, CONFIG_REVISION)


class ScoutingScreen(BaseScreen):
    """Every worker ends in messages; a newer one of its kind takes its place.

    Whatever can't be found out, the form goes on without it: that is why they catch everything
    but being canceled.
    """

    @dataclass
    class Located(Message):
        """It is known where we stand. `offered` are repositories to choose from if that does not
        tell which it is about. `trouble`: why the clone can't be used."""

        clone: "Clone | None"
        offered: tuple[RepoSlug, ...]
        trouble: str

    @dataclass
    class Surveyed(Message):
        """The default branch ("": not known) and the refs, as the clone knows them."""

        default_branch: str
        refs: tuple[GitRef, ...]
        trouble: str

    @dataclass
    class ServerTold(Message):
        """The API has answered with the default branch, or there is `trouble`; `standing` is how
        it stands to us, in a word or two."""

        default_branch: str
        trouble: str = ""
        standing: str = "● signed in"

    @dataclass
    class ConfigRead(Message):
        """What the config at `revision` says; None is a default branch nobody knows. `differs`:
        that at the head says something else."""

        revision: GitRevision | None
        found: "ConfigFound"
        differs: bool

    @dataclass
    class ConfigOutdated(Message):
        """The server has another commit at `revision` than the clone, where its config was read;
        `trouble` is what was wrong with that."""

        revision: GitRevision
        trouble: str

    @dataclass
    class RevisionKnown(Message):
        """What `revision`, which stands in `field`, is, and what to mind about it."""

        field: str
        revision: GitRevision
        ref: GitRef | None
        notice: str

    @dataclass
    class RecentNames(Message):
        """Names of workflows that ran not long ago, the newest first."""

        names: tuple[str, ...]

    @dataclass
    class Fetched(Message):
        """`revision` was fetched into the clone, or there is `trouble`."""

        revision: GitRevision
        trouble: str = ""

    class NamesKnown(Message):
        """More names of branches or tags are known."""

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self.session = session
        self.refs = RefSearch(session.client, lambda: session.repo, session.timing)

    @work(group="locate", exclusive=True, exit_on_error=False)
    async def locate(self) -> None:
        """Looks for the clone around us, and for the repositories that were used before."""
        session = self.session
        clone, trouble = None, ""
        before: tuple[RepoSlug, ...] = ()
        try:
            clone = await session.clone()
        except Exception as error:
            trouble = inert(str(error))
        try:
            if not session.knows_repo:
                before = await aside(lambda: session.memory().repositories())
        except Exception as error:
            trouble = trouble or inert(str(error))
        remotes = tuple(remote.repo for remote in clone.remotes) if clone else ()
        offered = tuple(dict.fromkeys((*remotes, *before)))
        self.post_message(self.Located(clone, offered, trouble))

    @work(group="survey", exclusive=True, exit_on_error=False)
    async def survey(self) -> None:
        """Asks the clone for all that is in it."""
        session, default, trouble = self.session, "", ""
        refs: tuple[GitRef, ...] = ()
        try:
            default = await aside(lambda: session.surroundings().default_branch())
            refs = await aside(lambda: session.surroundings().refs())
        except Exception as error:
            trouble = inert(str(error))
        self.post_message(self.Surveyed(default, refs, trouble))

    @work(group="names", exclusive=True, exit_on_error=False)
    async def keep_names(self) -> None:
        """Completes names for as long as there is a form."""
        async for _ in self.refs.updates():
            self.post_message(self.NamesKnown())

    @work(group="server", exclusive=True, exit_on_error=False)
    async def ask_server(self) -> None:
        """Asks for the default branch, and so whether the API answers us at all."""
        try:
            client = await self.session.client()
            async with self.refs.line:
                repository = await client.repository(self.session.repo)
        except Exception as error:
            self.post_message(self.ServerTold("", inert(str(error)), _standing(error)))
        else:
            self.post_message(self.ServerTold(repository.default_branch))

    @work(group="config", exclusive=True, exit_on_error=False)
    async def read_config(
        self, revision: GitRevision | None, head: GitRevision | None, wait: float = 0.0
    ) -> None:
        """Reads the config at `revision`, after `wait` seconds without another wish, and looks
        whether it differs from that at `head`."""
        await self.session.timing.sleep(wait)
        found, differs = await self._config_and_head(revision, head)
        self.post_message(self.ConfigRead(revision, found, differs=differs))
        if found.source and revision and await self._is_outdated(revision):
            self.post_message(self.ConfigOutdated(revision, found.trouble))

    async def _is_outdated(self, revision: GitRevision) -> bool:
        session, (kind, name) = self.session, (revision.kind, revision.name)
        if kind != "branch" or not await self.refs.exists(kind, name):
            return False
        served = self.refs.ref(kind, name)
        here, _ = await aside(lambda: session.surroundings().look_up(revision))
        return bool(served and here and served.commit and served.commit != here.commit)

    async def _config_and_head(
        self, revision: GitRevision | None, head: GitRevision | None
    ) -> "tuple[ConfigFound, bool]":
        from cubewatch.git.surroundings import ConfigFound

        try:
            found = await self.session.ci_config(revision)
            if not found.blob or head in (None, revision):
                return found, False
            of_head = await self.session.ci_config(head)
        except Exception as error:
            return ConfigFound(trouble=inert(str(error))), False
        return found, bool(of_head.source) and of_head.blob != found.blob

    def look_up(self, field: str, revision: GitRevision, wait: float = 0.0) -> None:
        """Finds out what the revision in a field is, and whether a run would contain it."""
        looking: Callable[[], Awaitable[None]] = partial(self._look_up, field, revision, wait)
        self.run_worker(looking, group=f"look up {field}", exclusive=True, exit_on_error=False)

    async def _look_up(self, field: str, revision: GitRevision, wait: float) -> None:
        await self.session.timing.sleep(wait)
        ref, standing = None, Standing()
        try:
            session = self.session
            ref, standing = await aside(lambda: session.surroundings().look_up(revision))
        except Exception as error:
            self.post_message(self.RevisionKnown(field, revision, None, inert(str(error))))
            return
        notice = standing_notice(revision, standing)
        self.post_message(self.RevisionKnown(field, revision, ref, notice))
        there = await self.refs.exists(revision.kind, revision.name)
        served = self.refs.ref(revision.kind, revision.name)
        if there and served and served.commit:
            at = served.commit
            with suppress(Exception):
                standing = await aside(lambda: session.surroundings().standing_at(revision, at))
        if there is not None:
            standing = replace(standing, on_server=there, certain=True)
        if served and (served.commit or not ref):
            ref = served.dated_by(ref)
        notice = standing_notice(revision, standing)
        self.post_message(self.RevisionKnown(field, revision, ref, notice))

    @work(group="recent", exclusive=True, exit_on_error=False)
    async def look_for_names(self) -> None:
        """Looks through the newest runs for names of workflows."""
        try:
            client = await self.session.client()
            async with self.refs.line:
                page = await client.runs(self.session.repo, page_size=RECENT_RUNS)
        except Exception:  # that the API can't be asked is told by `ask_server`
            return
        names = (workflow.slug for run in page.runs for workflow in run.workflows)
        self.post_message(self.RecentNames(tuple(dict.fromkeys(filter(None, names)))))

    @work(group="fetch", exclusive=True, exit_on_error=False)
    async def fetch(self, revision: GitRevision) -> None:
        """Brings one revision into the clone."""
        session, trouble = self.session, ""
        try:
            await aside(lambda: session.surroundings().fetch(revision))
        except Exception as error:
            trouble = inert(str(error))
        self.post_message(self.Fetched(revision, trouble))

    def stop_scouting(self) -> None:
        """What is still being found out is of no interest any more."""
        for group in ("survey", "server", "config", "recent", *(f"look up {f}" for f in REVISIONS)):
            self.workers.cancel_group(self, group)


def _standing(error: Exception) -> str:
    """How the API stands to us that answers with an error, or not at all."""
    status = getattr(error, "status", None)
    if status in (401, 403):
        return "✗ token refused"
    if status == 404:
        return "✗ not found"
    return "○ no answer" if status is None else "✗ in trouble"
