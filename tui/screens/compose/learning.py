"""LearningScreen: puts what is found out about the repository into the form."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on, work

from tui.domain.draft import CONFIG_REVISION, HEAD, Draft, RevisionDraft, as_revision
from tui.domain.inert import inert
from tui.domain.repository import RepoSlug
from tui.domain.wording import in_words
from tui.screens.compose import words
from tui.screens.compose.form import Form
from tui.screens.compose.rows import ActRow
from tui.screens.compose.scouting import ScoutingScreen
from tui.screens.compose.state import FormState

if TYPE_CHECKING:
    from tui.domain.git_ref import GitRef
    from tui.domain.request import GitRevision
    from tui.session import Session
    from tui.settings import ComposeFirst

QUIET = 0.3
"""Seconds without a key until a revision that is being typed is looked up."""
SERVER, DIFFERENCE = "server", "difference"
"""Notices that belong to no field."""


class LearningScreen(ScoutingScreen):
    """A form that fills itself. What a person has written or chosen is never changed."""

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__(session)
        self._state = FormState.of(start.draft, start.forgotten)
        self._form: Form
        self._default_branch = ""
        self._known: dict[str, GitRef | None] = {}
        self._seen: dict[str, RevisionDraft] = {}
        self._config_at: GitRevision | None = None
        self._may_prefill = not session.knows_repo
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
        """All that this place tells is known for the first time, or there is nothing to know."""
        raise NotImplementedError

    @on(ScoutingScreen.Located)
    def _take_place(self, located: ScoutingScreen.Located) -> None:
        clone, session = located.clone, self.session
        self._state.notices[SERVER] = located.trouble
        remote = clone.remote if clone and not session.knows_repo else None
        if clone and remote:
            if self._state.head.kind is None and self._may_prefill:
                untouched = self._state.draft() == self.untouched
                self._form.set_head(clone.head.revision)
                self.untouched = self._state.draft() if untouched else self.untouched
            session.settle(remote.repo)
        if session.knows_repo:
            self._form.settle(str(session.repo))
            self._begin(session.repo)
        else:
            self._form.ask_for_repository([str(repo) for repo in located.offered])
            self.has_read()
        self.show()

    @on(Form.RepositoryNamed)
    def _take_repository(self, named: Form.RepositoryNamed) -> None:
        if not self.session.knows_repo or self.session.repo != named.repo:
            self.session.settle(named.repo)
            self._begin(named.repo)

    def _begin(self, repo: RepoSlug) -> None:
        """Find out about the repository, now that it is known which."""
        self._state.repository = str(repo)
        self.refs.forget()
        self.keep_names()
        self.survey()
        self.ask_server()

    @work(group="names", exclusive=True, exit_on_error=False)
    async def keep_names(self) -> None:
        """Completes names for as long as there is a form."""
        async for _ in self.refs.updates():
            self._form.renew_names()

    @on(ScoutingScreen.Surveyed)
    def _take_survey(self, surveyed: ScoutingScreen.Surveyed) -> None:
        self.refs.learn(surveyed.refs)
        self._default_branch = self._default_branch or surveyed.default_branch
        if surveyed.trouble:
            self._state.notices[SERVER] = surveyed.trouble
        self.follow(anew=True)

    @on(ScoutingScreen.ServerTold)
    def _take_server(self, told: ScoutingScreen.ServerTold) -> None:
        self._state.notices[SERVER] = told.trouble
        self.server_standing = "○ no answer" if told.trouble else "● signed in"
        if told.default_branch and told.default_branch != self._default_branch:
            self._default_branch = told.default_branch
            self.follow(anew=True)
        self.show()

    async def fill(self, draft: Draft, forgotten: Iterable[tuple[str, str]] = ()) -> None:
        """Begin anew with a draft; what is known of the repository stays known."""
        state = FormState.of(draft, forgotten)
        state.repository, state.notices = self._state.repository, self._state.notices
        state.learn(self._state.config)
        await self._form.remove()
        self._state, self._form = state, Form(state, self.refs)
        self.untouched = state.draft()
        panes = self.query_one("#panes")
        await panes.mount(self._form, before=0 if panes.children else None)
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
        self._read_config(wait)

    def in_words(self) -> str:
        """What would run, in one line; "" while there is nothing to run."""
        request, repo = self._state.checked().so_far, self._state.repo
        if request is None or repo is None:
            return ""
        head = self._known.get(HEAD)
        if request.head is None:
            head = self.refs.ref("branch", self._default_branch)
        config = "" if request.config_revision else self._default_branch
        return in_words(request, repo, head=head, config=config, now=self.session.timing.utc())

    def _read_config(self, wait: float = 0.0) -> None:
        chosen = self._state.config_revision
        at = as_revision(chosen)
        if chosen.kind is None and self._default_branch:
            at = as_revision(RevisionDraft("branch", self._default_branch))
        if at or chosen.kind is None:
            self._config_at = at
            self.read_config(at, as_revision(self._state.head), wait)

    @on(ScoutingScreen.ConfigRead)
    async def _take_config(self, read: ScoutingScreen.ConfigRead) -> None:
        if read.revision != self._config_at:
            return
        found = read.found
        head = self._state.head.name
        notice = words.difference(found.source, inert(head)) if read.differs else ""
        self._state.notices[DIFFERENCE] = notice
        self.silence = words.CONFIG_BROKEN if found.trouble else words.CONFIG_NONE
        await self._form.learn(found.config, found.trouble, missing=found.missing)
        if found.config is None:
            self.look_for_names()
        self.has_read()
        self.show()

    @on(ScoutingScreen.RecentNames)
    async def _take_names(self, recent: ScoutingScreen.RecentNames) -> None:
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
        self._known[field] = ref
        self._state.notices[field] = notice
        self._form.tell_revision(field, ref, notice, self.session.timing.utc())

    @on(ActRow.Acted)
    def _fetch(self) -> None:
        if self._config_at:
            self._form.say_fetching(words.FETCHING)
            self.fetch(self._config_at)

    @on(ScoutingScreen.Fetched)
    def _take_fetched(self, fetched: ScoutingScreen.Fetched) -> None:
        if fetched.trouble:
            self._form.say_fetching(fetched.trouble)
        else:
            self.survey()
