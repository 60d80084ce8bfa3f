"""LearningScreen: puts what is found out about the repository into the form."""

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from tui.domain.draft import CONFIG_REVISION, HEAD, Draft, RevisionDraft, as_revision
from tui.domain.git_ref import GitRef
from tui.domain.inert import inert
from tui.domain.repository import RepoSlug
from tui.domain.request import RunRequest
from tui.domain.wording import config_differs, in_words
from tui.screens.compose import words
from tui.screens.compose.form import Form
from tui.screens.compose.rows import ActRow
from tui.screens.compose.scouting import ScoutingScreen
from tui.screens.compose.state import FormState

if TYPE_CHECKING:
    from tui.domain.ci_config import CiConfig
    from tui.domain.request import GitRevision
    from tui.repo.clone import Clone
    from tui.session import Session
    from tui.settings import ComposeFirst

QUIET = 0.3
"""Seconds without a key until a revision that is being typed is looked up."""
PAUSE = 1.5
"""The same for the config of one that nobody knows: it may be half a name."""
CLONE, SERVER, CONFIG, DIFFERENCE = "clone", "server", "config", "difference"
"""Notices that belong to no field."""


class LearningScreen(ScoutingScreen):
    """A form that fills itself, but for what a person has written or chosen."""

    class Refill(Message):
        """The form is to begin anew with a draft; `forgotten` inputs (workflow, name) had a value
        that was kept nowhere."""

        def __init__(self, draft: Draft, forgotten: tuple[tuple[str, str], ...]) -> None:
            super().__init__()
            self.draft = draft
            self.forgotten = forgotten

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__(session)
        self._state = FormState.of(start.draft, start.forgotten)
        self._form: Form
        self._default_branch = ""
        self._ref_in: dict[str, GitRef | None] = {}
        self._seen: dict[str, RevisionDraft] = {}
        self._config_at: GitRevision | None = None
        self._config_is_due = True
        """The form does not show yet what the config at `_config_at` says."""
        self._may_prefill = not session.knows_repo
        self._clone: Clone | None = None
        self._offered: tuple[str, ...] | None = None
        """Repositories to choose from; None where there is no choice."""
        self._fetching: GitRevision | None = None
        self._asked_recent = False
        self.untouched = self._state.draft()
        """The draft that nothing of the person's is lost with."""
        self.server_standing = ""
        self.silence = words.CONFIG_UNREAD
        """What stands for a plan that nobody knows."""
        if session.knows_repo:
            self._state.repository = str(session.repo)

    def show(self) -> None:
        """Put what the form amounts to now on the screen."""
        raise NotImplementedError

    def has_read(self) -> None:
        """All that this place tells is known, or there is nothing to know."""
        raise NotImplementedError

    def is_to_read(self) -> None:
        """What this place tells is to be found out anew, for another revision."""
        raise NotImplementedError

    @on(ScoutingScreen.Located)
    def _take_place(self, located: ScoutingScreen.Located) -> None:
        session, self._clone = self.session, located.clone
        self._state.notices[CLONE] = located.trouble
        if located.clone and located.clone.remote and not session.knows_repo:
            session.settle(located.clone.remote.repo)
        if session.knows_repo:
            self.fix_repository()
            self._begin(session.repo)
        else:
            if located.clone:
                several = bool(located.clone.remotes)
                self._state.notices[CLONE] = words.SEVERAL if several else words.ELSEWHERE
            self._offered = tuple(str(repo) for repo in located.offered)
            self._form.ask_for_repository(self._offered)
            self._form.focus_repository()
            self.has_read()
        self.show()

    @on(Form.RepositoryNamed)
    def settle_named(self) -> None:
        """Take the repository that is written by now for the one it is about."""
        repo = self._state.repo
        if repo and not (self.session.knows_repo and self.session.repo == repo):
            if self._state.notices.get(CLONE) in (words.SEVERAL, words.ELSEWHERE):
                self._state.notices[CLONE] = ""
            self.session.settle(repo)
            self._begin(repo)

    def fix_repository(self) -> None:
        """From now on it can't be another repository."""
        self._form.settle(str(self.session.repo))

    def free_repository(self) -> None:
        """Where there was a choice, there is one again."""
        if self._offered is not None:
            self._form.ask_for_repository(self._offered)

    def _begin(self, repo: RepoSlug) -> None:
        """Find out about the repository, now that it is known which."""
        self.stop_scouting()
        self.refs.forget()
        self._default_branch = ""
        self._config_at = None
        self._asked_recent = False
        self._ref_in.clear()
        self._seen.clear()
        self._state.begin(str(repo), {CLONE: self._state.notices.get(CLONE, "")})
        self._prefill(repo)
        self.keep_names()
        self.survey()
        self.ask_server()

    def _prefill(self, repo: RepoSlug) -> None:
        """What is checked out becomes the head, unless another was chosen or the words of the
        command name the repository."""
        clone = self._clone
        chosen = self._state.head.kind is not None
        if clone and clone.remote_of(repo) and self._may_prefill and not chosen:
            untouched = self._state.draft() == self.untouched
            self._form.set_head(clone.head.revision)
            self.untouched = self._state.draft() if untouched else self.untouched

    @on(ScoutingScreen.NamesKnown)
    def _take_names(self) -> None:
        self._form.renew_names()

    @on(ScoutingScreen.Surveyed)
    def _take_survey(self, surveyed: ScoutingScreen.Surveyed) -> None:
        self.refs.learn(surveyed.refs)
        self._default_branch = self._default_branch or surveyed.default_branch
        if surveyed.trouble:
            self._state.notices[CLONE] = surveyed.trouble
        self.follow(anew=True)

    @on(ScoutingScreen.ServerTold)
    def _take_server(self, told: ScoutingScreen.ServerTold) -> None:
        self._state.notices[SERVER] = told.trouble
        self.server_standing = told.standing
        if told.default_branch and told.default_branch != self._default_branch:
            self._default_branch = told.default_branch
            self.follow(anew=True)
        self.show()

    @on(Refill)
    async def _refill(self, asked: Refill) -> None:
        """What is known of the repository stays known."""
        state = FormState.of(asked.draft, asked.forgotten)
        state.repository = str(self.session.repo) if self.session.knows_repo else ""
        state.notices = self._state.notices
        state.learn(self._state.config)
        await self._form.remove()
        self._state, self._form = state, Form(state, self.refs)
        self.untouched = state.draft()
        panes = self.query_one("#panes")
        await panes.mount(self._form, before=0 if panes.children else None)
        self.free_repository()
        self._form.move(0)
        self.follow(anew=True)
        self.show()

    def follow(self, *, anew: bool = False, wait: float = 0.0) -> None:
        """Find out about revisions that are others than before."""
        if self._default_branch:
            default = inert(self._default_branch)
            self._form.tell_defaults(*words.default_notes(default, self._state.head))
        now = {HEAD: self._state.head, CONFIG_REVISION: self._state.config_revision}
        if now == self._seen and not anew:
            return
        for field, draft in now.items():
            revision = as_revision(draft)
            if draft != self._seen.get(field) or (anew and revision):
                self._tell(field, None, "")
                if revision:
                    self.look_up(field, revision, wait)
        self._seen = now
        self._choose_config(wait)

    def in_words(self, request: RunRequest | None) -> str:
        """What would run, in one line; "" while there is nothing to run."""
        repo = self._state.repo
        if request is None or repo is None:
            return ""
        head, default = self._ref_in.get(HEAD), self._default_branch
        if request.head is None and default:
            head = self.refs.ref("branch", default) or GitRef("branch", default)
        config = "" if request.config_revision else default
        return in_words(request, repo, head=head, config=config, now=self.session.timing.utc())

    @property
    def known_config(self) -> "CiConfig | None":
        """What the config says that the server would take, as far as that is known by now."""
        return None if self._config_is_due else self._state.config

    def _choose_config(self, wait: float = 0.0, *, finished: bool = False) -> None:
        """Read the config that the server would take, if it is known which. A name that nobody
        knows is read after a pause, or when it is `finished`."""
        default = as_revision(RevisionDraft("branch", self._default_branch))
        chosen, head = self._state.config_revision, self._state.head
        at = as_revision(chosen) if chosen.kind else default
        if at is None and chosen.kind:
            self._config_at = None
            self.has_read()
            return
        if at != self._config_at:
            self._config_is_due = True
            self._state.notices |= {CONFIG: "", DIFFERENCE: ""}
            self.silence = words.CONFIG_UNREAD
            self._form.say_trouble("", missing=False)
            self.is_to_read()
        self._config_at = at
        known = at is None or self.refs.ref(at.kind, at.name) is not None
        if not (known or finished) and self._form.is_written_in(CONFIG_REVISION):
            wait = max(wait, PAUSE)
        self.read_config(at, as_revision(head) if head.kind else default, wait)

    @on(Form.ConfigNamed)
    def read_what_is_named(self) -> None:
        """Read the config of a revision that may have been half written until now."""
        if self._config_is_due:
            self._choose_config(finished=True)

    @on(ScoutingScreen.ConfigRead)
    async def _take_config(self, read: ScoutingScreen.ConfigRead) -> None:
        if read.revision != self._config_at:
            return
        self._config_is_due = False
        found = read.found
        head = as_revision(self._state.head) or self._default_branch
        notice = config_differs(found.source, str(head)) if read.differs else ""
        broken = words.CONFIG_BROKEN if found.trouble else ""
        self._state.notices |= {CONFIG: broken, DIFFERENCE: notice}
        self.silence = words.CONFIG_UNKNOWN if broken else words.CONFIG_NONE
        await self._form.learn(found.config, found.trouble, missing=found.missing)
        if found.config is None and not self._asked_recent:
            self._asked_recent = True
            self.look_for_names()
        self.has_read()
        self.show()

    @on(ScoutingScreen.ConfigOutdated)
    def _take_outdated(self, outdated: ScoutingScreen.ConfigOutdated) -> None:
        if outdated.revision == self._config_at:
            self._form.say_trouble(words.outdated(inert(str(outdated.revision))), missing=True)

    @on(ScoutingScreen.RecentNames)
    async def _take_recent(self, recent: ScoutingScreen.RecentNames) -> None:
        if self._state.config is None:
            self._state.have_seen(recent.names)
            await self._form.sync()
            self.show()

    @on(ScoutingScreen.RevisionKnown)
    def _take_revision(self, known: ScoutingScreen.RevisionKnown) -> None:
        if as_revision(self._seen.get(known.field, RevisionDraft())) == known.revision:
            self._tell(known.field, known.ref, known.notice)
            self.show()

    def _tell(self, field: str, ref: "GitRef | None", notice: str) -> None:
        self._ref_in[field] = ref
        self._state.notices[field] = notice
        self._form.tell_revision(field, ref, notice, self.session.timing.utc())

    @on(ActRow.Acted)
    def _wish_fetch(self) -> None:
        if self._config_at and self._fetching is None:
            self._fetching = self._config_at
            self._form.say_fetching(words.FETCHING)
            self.fetch(self._config_at)

    @on(ScoutingScreen.Fetched)
    def _take_fetched(self, fetched: ScoutingScreen.Fetched) -> None:
        self._fetching = None
        if not fetched.trouble:
            self.survey()
        elif fetched.revision == self._config_at:
            self._form.say_trouble(fetched.trouble, missing=True)
