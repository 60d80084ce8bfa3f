"""RepositoryFacts: what is known of the repository a form is about, without a screen.

The clone around us, the API's answer, branches and tags, the config at a revision. Everything is
loaded in the background; whatever cannot be loaded, the form goes on without it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from cubewatch.model.draft import CONFIG_REVISION, HEAD, RevisionDraft, as_revision
from cubewatch.model.git_ref import GitRef, PushState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.model.wording import config_differs, push_state_notice
from cubewatch.refs.ref_search import RefSearch
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.git.clone import Clone
    from cubewatch.git.surroundings import ConfigFound
    from cubewatch.model.around import Quota
    from cubewatch.session import Session

RECENT_RUNS = 20
"""How many of the newest runs are searched for names of workflows."""
UNKNOWN_NAME_DELAY = 1.5
"""Seconds without a key until the config of an unknown name is read: it may be half a
name."""

ApiState = Literal["", "signed in", "token refused", "not found", "no answer", "in trouble"]


class RevisionFacts(NamedTuple):
    """Facts about a revision in the form: the ref it names (None: unknown), and a warning about it,
    "" if there is none."""

    ref: GitRef | None = None
    warning: str = ""


class Facts(NamedTuple):
    """The facts about a repository at one moment. Texts are one inert line, "" where there is
    nothing to say.

    `has_remote`: configs can be read from the server without a clone. `repo` None: the person has
    to name it; `candidates` are repositories to choose from.
    `is_surveyed`: the clone was read. `config_at` is the revision of the config (None: a default
    branch that is unknown), `config` what was read there last. `recent` are names of workflows
    of the newest runs, None before they were loaded. `names` counts the answers about branches
    and tags.
    """

    is_located: bool = False
    has_remote: bool = False
    repo: RepoSlug | None = None
    clone: "Clone | None" = None
    clone_trouble: str = ""
    candidates: tuple[RepoSlug, ...] = ()
    default_branch: str = ""
    api_state: ApiState = ""
    api_trouble: str = ""
    revisions: Mapping[str, RevisionFacts] = MappingProxyType({})
    config_at: GitRevision | None = None
    is_config_named: bool = True
    is_config_default: bool = True
    is_surveyed: bool = False
    is_config_read: bool = False
    config: "ConfigFound | None" = None
    difference: str = ""
    recent: tuple[str, ...] | None = None
    is_fetching: bool = False
    names: int = 0
    quotas: "tuple[Quota, ...]" = ()

    @property
    def is_cloned(self) -> bool:
        """Whether the clone around us is one of the repository."""
        return bool(self.clone and self.repo and self.clone.remote_of(self.repo))

    @property
    def is_reading(self) -> bool:
        """Whether the config that the server would take is still to be read. Where only the server
        can say which branch of the clone that is, its answer is waited for too."""
        if self.repo is None:
            return not self.is_located
        if not self.is_config_named:
            return False
        can_read = self.is_cloned or self.has_remote
        needs_server = self.is_config_default and self.config_at is None and can_read
        return not self.is_config_read or (needs_server and not self.api_state)

    def revision(self, field: str) -> RevisionFacts:
        """The facts about the revision in a field of the form."""
        return self.revisions.get(field, RevisionFacts())


class RepositoryFacts:
    """Loads facts about one repository at a time and notifies subscribers when `now` has changed.

    It needs a running event loop. A task replaces an earlier one of the same name.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.refs = RefSearch(session.client, lambda: session.repo, session.timing)
        settings = session.settings
        self.now = Facts(
            has_remote=bool(settings.raw_url or settings.git_url),
            repo=session.repo if session.knows_repo else None,
        )
        self._subscribers: list[Callable[[], object]] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._drafts: dict[str, RevisionDraft] = {}
        """What stands in the form, by field."""
        self._is_typing_config = False

    def subscribe(self, callback: Callable[[], object]) -> None:
        """Call back whenever `now` has changed."""
        self._subscribers.append(callback)

    def close(self) -> None:
        """Stop loading and notifying."""
        self._subscribers.clear()
        for task in self._tasks.values():
            task.cancel()

    def _learn(self, **changes: object) -> None:
        self.now = self.now._replace(**changes)  # type: ignore[arg-type]
        for callback in self._subscribers:
            callback()

    def _start(self, name: str, work: Coroutine[None, None, None]) -> None:
        self._cancel(name)
        self._tasks[name] = asyncio.create_task(work, name=name)

    def _cancel(self, *names: str) -> None:
        for name in names:
            if task := self._tasks.pop(name, None):
                task.cancel()

    # Which repository it is

    def locate(self) -> None:
        """Look for the clone around us, and for repositories that were used before."""
        self._start("locate", self._locate())

    async def _locate(self) -> None:
        session = self._session
        clone, trouble = None, ""
        used: tuple[RepoSlug, ...] = ()
        try:
            clone = await session.clone()
        except Exception as error:
            trouble = inert(str(error))
        try:
            if not session.knows_repo:
                used = await run_in_daemon_thread(lambda: session.memory().repositories())
        except Exception as error:
            trouble = trouble or inert(str(error))
        remotes = tuple(remote.repo for remote in clone.remotes) if clone else ()
        self._learn(
            is_located=True,
            clone=clone,
            clone_trouble=trouble,
            candidates=tuple(dict.fromkeys((*remotes, *used))),
        )
        if not (session.knows_repo or trouble):
            self._start("mine", self._load_mine())

    async def _load_mine(self) -> None:
        """Ask the server which repositories are the person's."""
        with suppress(Exception):  # it is only a suggestion
            mine = await self._session.all_repositories()
            self._learn(candidates=tuple(dict.fromkeys((*self.now.candidates, *mine))))

    def choose(self, repo: RepoSlug) -> None:
        """Forget what is known of another repository, and load what there is to know of `repo`."""
        self._cancel("survey", "server", "quotas", "config", "recent", HEAD, CONFIG_REVISION)
        self._session.settle(repo)
        self.refs.forget()
        self._drafts.clear()
        old = self.now
        self._learn(
            **{name: getattr(_UNKNOWN, name) for name in _OF_REPOSITORY}, repo=repo, names=old.names
        )
        self._start("names", self._follow_names())
        self._start("survey", self._survey())
        self._start("server", self._ask_server())

    async def _follow_names(self) -> None:
        async for _ in self.refs.updates():
            self._learn(names=self.now.names + 1)

    async def _survey(self) -> None:
        """Read what the clone knows."""
        session, default, trouble = self._session, "", ""
        refs: tuple[GitRef, ...] = ()
        try:
            default = await run_in_daemon_thread(lambda: session.surroundings().default_branch())
            refs = await run_in_daemon_thread(lambda: session.surroundings().refs())
        except Exception as error:
            trouble = inert(str(error))
        self.refs.learn(refs)
        known = self.now
        self._learn(
            is_surveyed=True,
            default_branch=known.default_branch or default,
            clone_trouble=trouble or known.clone_trouble,
        )
        self.refresh()

    async def _ask_server(self) -> None:
        """Ask for the default branch, and so whether the API answers us at all."""
        try:
            client = await self._session.client()
            async with self.refs.line:
                repository = await client.repository(self._session.repo)
        except Exception as error:
            self._learn(api_state=_api_state(error), api_trouble=inert(str(error)))
            return
        default, known = repository.default_branch, self.now.default_branch
        self._learn(api_state="signed in", api_trouble="", default_branch=default or known)
        self._start("quotas", self._load_quotas())
        if default and default != known:
            self.refresh()

    async def _load_quotas(self) -> None:
        """Ask what is left of the quotas; the organization's and the person's may fail alone."""
        client, org = await self._session.client(), self._session.repo.org
        for load in (client.quotas, client.my_quotas):
            with suppress(Exception):  # many tokens may not see them
                async with self.refs.line:
                    found = await load(org)
                self._learn(quotas=(*self.now.quotas, *found.quotas))

    # What stands in the form

    def follow(
        self,
        head: RevisionDraft,
        config_revision: RevisionDraft,
        *,
        delay: float = 0.0,
        is_typing_config: bool = False,
    ) -> None:
        """Load what there is to know of the revisions in the form, after `delay` seconds without
        another change. `is_typing_config`: the name of the config's may be half written."""
        self._is_typing_config = is_typing_config
        drafts = {HEAD: head, CONFIG_REVISION: config_revision}
        changed = [name for name, draft in drafts.items() if draft != self._drafts.get(name)]
        self._drafts = drafts
        if changed and self.now.is_surveyed:
            self._look_up(changed, delay)
            self._choose_config(delay)

    def finish_config(self) -> None:
        """The name of the config's revision is not going to change: read it now."""
        self._is_typing_config = False
        if self.now.is_reading and self.now.is_surveyed and self._drafts:
            self._choose_config()

    def refresh(self) -> None:
        """Load everything about the revisions in the form again."""
        if self._drafts and self.now.is_surveyed:
            self._look_up([name for name in self._drafts if as_revision(self._drafts[name])])
            self._choose_config()

    def _look_up(self, fields: list[str], delay: float = 0.0) -> None:
        revisions = dict(self.now.revisions)
        for name in fields:
            revisions.pop(name, None)
            self._cancel(name)
            if revision := as_revision(self._drafts[name]):
                self._start(name, self._look_up_revision(name, revision, delay))
        self._learn(revisions=MappingProxyType(revisions))

    async def _look_up_revision(self, name: str, revision: GitRevision, delay: float) -> None:
        """Find out what a revision is, and whether a run would contain what is here."""
        session = self._session
        await session.timing.sleep(delay)
        ref, push_state = None, PushState()
        try:
            ref, push_state = await run_in_daemon_thread(
                lambda: session.surroundings().look_up(revision)
            )
        except Exception as error:
            self._learn_revision(name, None, inert(str(error)))
            return
        self._learn_revision(name, ref, push_state_notice(revision, push_state))
        there = await self.refs.exists(revision.kind, revision.name)
        served = self.refs.ref(revision.kind, revision.name)
        if there and served and served.commit:
            at = served.commit
            with suppress(Exception):
                push_state = await run_in_daemon_thread(
                    lambda: session.surroundings().push_state_at(revision, at)
                )
        if there is not None:
            push_state = push_state._replace(on_server=there, certain=True)
        if served and (served.commit or not ref):
            ref = served.dated_by(ref)
        self._learn_revision(name, ref, push_state_notice(revision, push_state))

    def _learn_revision(self, name: str, ref: GitRef | None, warning: str) -> None:
        known = dict(self.now.revisions) | {name: RevisionFacts(ref, warning)}
        self._learn(revisions=MappingProxyType(known))

    # The config

    def _choose_config(self, delay: float = 0.0) -> None:
        """Read the config that the server would take, if it is known which one that is."""
        now = self.now
        if now.repo is None:
            return
        default = as_revision(RevisionDraft("branch", now.default_branch))
        chosen, head = self._drafts[CONFIG_REVISION], self._drafts[HEAD]
        at = as_revision(chosen) if chosen.kind else default
        if at is None and chosen.kind:
            self._cancel("config")
            self._learn(
                config_at=None, is_config_named=False, is_config_default=False, difference=""
            )
            return
        is_other = at is None or at != now.config_at or not now.is_config_named
        self._learn(
            config_at=at,
            is_config_named=True,
            is_config_default=chosen.kind is None,
            is_config_read=now.is_config_read and not is_other,
            difference="" if is_other else now.difference,
        )
        is_known = at is None or self.refs.ref(at.kind, at.name) is not None
        if not is_known and self._is_typing_config:
            delay = max(delay, UNKNOWN_NAME_DELAY)
        head_at = as_revision(head) if head.kind else default
        self._start("config", self._read_config(at, head_at, delay))

    async def _read_config(
        self, revision: GitRevision | None, head: GitRevision | None, delay: float
    ) -> None:
        await self._session.timing.sleep(delay)
        found, differs = await self._config_and_head(revision, head)
        shown_head = str(as_revision(self._drafts[HEAD]) or self.now.default_branch)
        self._learn(
            config=found,
            is_config_read=True,
            is_fetching=False,
            difference=config_differs(found.source, shown_head) if differs else "",
        )
        if found.config is None and self.now.recent is None:
            self._start("recent", self._load_recent())
        if found.source and revision and await self._is_outdated(revision):
            trouble = "; ".join(filter(None, (found.trouble, _outdated(revision))))
            self._learn(config=replace(found, trouble=trouble, missing=True, certain=False))

    async def _config_and_head(
        self, revision: GitRevision | None, head: GitRevision | None
    ) -> "tuple[ConfigFound, bool]":
        """The config at `revision`, and whether that at `head` is another one."""
        from cubewatch.git.surroundings import ConfigFound

        try:
            found = await self._load_config(revision)
            if not found.blob or head in (None, revision):
                return found, False
            of_head = await self._load_config(head)
        except Exception as error:
            return ConfigFound(trouble=inert(str(error))), False
        return found, bool(of_head.source) and of_head.blob != found.blob

    async def _load_config(self, revision: GitRevision | None) -> "ConfigFound":
        """The config at a revision, from the clone, or from the server where we have none; else
        the file that lies here, which may be another repository's."""
        session = self._session
        remote = None if self.now.is_cloned else session.remote_config()
        if remote is None or revision is None:
            return await session.ci_config(revision)
        found = await remote.at(session.repo, revision, self.refs)
        if found.config is None and not found.blob:
            here = await session.ci_config(revision)
            found = here if here.config else found
        return found

    async def _is_outdated(self, revision: GitRevision) -> bool:
        """Whether the server has another commit at a branch than the clone."""
        session, (kind, name) = self._session, (revision.kind, revision.name)
        if kind != "branch" or not await self.refs.exists(kind, name):
            return False
        served = self.refs.ref(kind, name)
        try:
            here, _ = await run_in_daemon_thread(lambda: session.surroundings().look_up(revision))
        except Exception:
            return False
        return bool(served and here and served.commit and served.commit != here.commit)

    async def _load_recent(self) -> None:
        """Look through the newest runs for names of workflows."""
        self._learn(recent=())
        try:
            client = await self._session.client()
            async with self.refs.line:
                page = await client.runs(self._session.repo, page_size=RECENT_RUNS)
        except Exception:  # `api_trouble` says already that the API does not answer
            return
        names = (workflow.slug for run in page.runs for workflow in run.workflows)
        self._learn(recent=tuple(dict.fromkeys(filter(None, names))))

    def fetch(self) -> None:
        """Bring the revision of the config into the clone."""
        if (revision := self.now.config_at) and not self.now.is_fetching:
            self._learn(is_fetching=True)
            self._start("fetch", self._fetch(revision))

    async def _fetch(self, revision: GitRevision) -> None:
        try:
            await run_in_daemon_thread(partial(self._session.surroundings().fetch, revision))
        except Exception as error:
            config = self.now.config
            if config and revision == self.now.config_at:
                config = replace(config, trouble=inert(str(error)), missing=True)
            self._learn(is_fetching=False, config=config)
        else:
            self._start("survey", self._survey())


_UNKNOWN = Facts()
_OF_REPOSITORY = (
    "default_branch",
    "api_state",
    "api_trouble",
    "revisions",
    "is_surveyed",
    "config_at",
    "is_config_named",
    "is_config_default",
    "is_config_read",
    "config",
    "difference",
    "recent",
    "is_fetching",
    "quotas",
)


def _outdated(revision: GitRevision) -> str:
    """The warning that the config was read from an older commit than the server's."""
    name = inert(str(revision))
    return f"{name} is another commit on the server: what is shown may be out of date"


def _api_state(error: Exception) -> ApiState:
    """The state of an API that answers with `error`."""
    status = getattr(error, "status", None)
    if status in (401, 403):
        return "token refused"
    if status == 404:
        return "not found"
    return "no answer" if status is None else "in trouble"
