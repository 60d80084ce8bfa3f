"""Completions that are looked up in the clone, the history, the API or the demo."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.completion.place import CompletionWord, WordAtCursor
from cubewatch.cli.defaults import config_for, named_repo, sources_for
from cubewatch.git.git import GitError
from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.draft import RevisionDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, RevisionKind
from cubewatch.session import Session
from cubewatch.settings import DEMO_REPOS, Settings, SettingsError
from cubewatch.settings.values import parse_repo, parse_run

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.git.clone import Clone
    from cubewatch.model.run import Run

API_TIMEOUT = 1.5
"""Seconds that the API has for its answer."""
MAX_RUNS = 20
"""How many runs are offered."""
MAX_REFS = 100
"""How many refs of the demo are requested."""


async def look_up_offers(place: WordAtCursor) -> list[CompletionWord]:
    """The completions for a place, the best first. Makes at most one request. Raises whatever goes
    wrong."""
    find = _FINDERS.get(place.field)
    if find is None:
        return []
    session = Session(_settings(place))
    clone = None
    with suppress(GitError):
        clone = await session.clone()
    if clone and clone.remote and not session.knows_repo:
        session.settle(clone.remote.repo)
    return await find(_Here(place.arguments, place.typed, session, clone))


def _settings(place: WordAtCursor) -> Settings:
    """The settings, without a token. Raises UsageError and SettingsError."""
    arguments, repo = place.arguments, _named_repo(place)
    if arguments.demo:
        return Settings(repo, demo_speed=1)
    return Settings(repo, sources_for(arguments, config_for(arguments)).address())


def _named_repo(place: WordAtCursor) -> RepoSlug | None:
    """Raises UsageError and SettingsError for a name that can't be."""
    repo = None
    if place.arguments.run is not None:
        repo, _ = parse_run(place.arguments.run)
    elif place.field in ("run", "baseline") and "#" in place.typed:
        repo = parse_repo(place.typed.rpartition("#")[0])
    return named_repo(place.arguments, repo)


@dataclass(frozen=True, slots=True)
class _Here:
    """The context of a completion: the arguments, what of a word is typed, and the local clone."""

    arguments: Arguments
    typed: str
    session: Session
    clone: "Clone | None"

    @asynccontextmanager
    async def client(self) -> "AsyncIterator[Client]":
        """A client that tries each request once. Raises SettingsError without a token."""
        client = await self.session.client() if self.arguments.demo else self._single_try_client()
        try:
            yield client
        finally:
            await client.close()

    def _single_try_client(self) -> "Client":
        from cubewatch.api.client import Client, Limits

        if self.arguments.token_command is not None:
            raise SettingsError("the token is the command's, which may ask for a passphrase")
        config = config_for(self.arguments)._replace(token_command=None)
        for _, token in sources_for(self.arguments, config).places():
            limits = Limits(API_TIMEOUT, connect=API_TIMEOUT, tries=1)
            return Client(self.session.settings.api_url, token(), limits=limits)
        raise SettingsError("no token is at hand")


async def _repositories(here: _Here) -> list[CompletionWord]:
    if here.arguments.demo:
        return [CompletionWord(str(repo), "of the demo") for repo in DEMO_REPOS]
    remotes = here.clone.remotes if here.clone else ()
    before = here.session.memory().repositories()
    return [
        *(
            CompletionWord(str(remote.repo), f"the remote {remote.name} of the clone")
            for remote in remotes
        ),
        *(CompletionWord(str(repo), "used before") for repo in before),
    ]


def _refs(kind: RevisionKind) -> Callable[[_Here], Awaitable[list[CompletionWord]]]:
    async def find(here: _Here) -> list[CompletionWord]:
        if not here.arguments.demo:
            refs = here.session.surroundings().refs()
            return [CompletionWord(ref.name, ref.subject) for ref in refs if ref.kind == kind]
        async with here.client() as client:
            if kind == "tag":
                tags = await client.tags(here.session.repo, page_size=MAX_REFS)
                return [CompletionWord(tag.name, tag.message) for tag in tags.tags]
            branches = await client.branches(here.session.repo, page_size=MAX_REFS)
            return [
                CompletionWord(branch.name, branch.commit.message) for branch in branches.branches
            ]

    return find


async def _runs(here: _Here) -> list[CompletionWord]:
    prefix = "".join(here.typed.rpartition("#")[:2])
    async with here.client() as client:
        page = await client.runs(here.session.repo, page_size=MAX_RUNS)
    numbered = (run for run in page.runs if run.slug.isascii() and run.slug.isdigit())
    return [CompletionWord(prefix + run.slug, _about_run(run)) for run in numbered]


def _about_run(run: "Run") -> str:
    names = ", ".join(workflow.slug for workflow in run.workflows)
    return f"{names}: {run.status}" if names else run.status


async def _cubes(here: _Here) -> list[CompletionWord]:
    from cubewatch.logs.run_search import cubes_that_ran

    _, slug = parse_run(here.arguments.run or "")
    async with here.client() as client:
        run = await client.run(here.session.repo, slug)
    return [
        CompletionWord("/".join(path), status) for (_, *path), status in cubes_that_ran(slug, run)
    ]


async def _words(here: _Here) -> list[CompletionWord]:
    """Workflows, inputs of the last one, or values of one of these."""
    config = await _config(here)
    given, name, values = here.arguments.words, "", set()
    for word in given:
        left, equals, _ = word.partition("=")
        if equals:
            values.add(left)
        else:
            name, values = word, set()
    workflow = config.workflow(name)
    inputs = workflow.inputs if workflow else ()
    if "=" in here.typed:
        wanted = here.typed.partition("=")[0]
        return [offer for one in inputs if one.name == wanted for offer in _choices(one)]
    return [
        *(
            CompletionWord(f"{one.name}=", _about_input(one))
            for one in inputs
            if one.name not in values
        ),
        *(
            CompletionWord(one.name, _about_workflow(one))
            for one in config.workflows
            if one.name not in given and "=" not in one.name
        ),
    ]


async def _workflow_names(here: _Here) -> list[CompletionWord]:
    config = await _config(here)
    return [CompletionWord(one.name, _about_workflow(one)) for one in config.workflows]


def _choices(wanted: InputSpec) -> list[CompletionWord]:
    texts = wanted.options or (wanted.on_off if wanted.is_boolean else ())
    return [
        CompletionWord(f"{wanted.name}={text}", "the default" if text == wanted.default else "")
        for text in texts
    ]


def _about_input(wanted: InputSpec) -> str:
    return ": ".join(filter(None, ("required" if wanted.required else "", wanted.description)))


def _about_workflow(workflow: WorkflowSpec) -> str:
    names = ", ".join(wanted.name for wanted in workflow.inputs)
    return f"with {names}" if names else ""


async def _config(here: _Here) -> CiConfig:
    """The config that the run would take; an empty one if it is not known here."""
    found = await here.session.ci_config(_config_revision(here))
    return found.config or CiConfig()


def _config_revision(here: _Here) -> GitRevision | None:
    """The revision that is named, else the default branch; where that is not known here, the
    checked out one, whose config mostly is the same."""
    said = here.arguments
    named: dict[RevisionKind, str | None] = {
        "branch": said.cfg_ref,
        "tag": said.cfg_tag,
        "commit": said.cfg_commit,
    }
    draft = next((RevisionDraft(kind, name) for kind, name in named.items() if name), None)
    if draft is None and here.clone:
        default = here.session.surroundings().default_branch()
        draft = RevisionDraft("branch", default) if default else here.clone.head.revision
    return GitRevision(draft.kind, draft.name) if draft and draft.kind else None


_FINDERS: dict[str, Callable[[_Here], Awaitable[list[CompletionWord]]]] = {
    "repo": _repositories,
    "workflow": _workflow_names,
    "ref": _refs("branch"),
    "cfg_ref": _refs("branch"),
    "tag": _refs("tag"),
    "cfg_tag": _refs("tag"),
    "repositories": _repositories,
    "run": _runs,
    "baseline": _runs,
    "path": _cubes,
    "paths": _cubes,
    "words": _words,
}
