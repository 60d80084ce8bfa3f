"""PlacingScreen: finds out which repository the form is about, and begins anew with another."""

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from cubewatch.model.draft import Draft, RevisionDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.scouting import ScoutingScreen
from cubewatch.ui.screens.compose.state import FormState
from cubewatch.ui.textual_internals import get_time

if TYPE_CHECKING:
    from cubewatch.git.clone import Clone
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst

CLONE = "clone"
"""A notice that belongs to no field."""


class PlacingScreen(ScoutingScreen):
    """A form that knows where it stands."""

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
        self.is_reading = True
        """The form does not show yet what the config says that the server would take."""
        self.silence = words.CONFIG_UNREAD
        """What stands for a plan that nobody knows."""
        self._may_prefill = not session.knows_repo
        self._prefilled_at = float("-inf")
        """When the head was put in that is checked out, by Textual's clock."""
        self._clone: Clone | None = None
        self._offered: tuple[str, ...] | None = None
        """Repositories to choose from; None where there is no choice."""
        self.untouched = self._state.draft()
        """The draft that nothing of the person's is lost with."""
        if session.knows_repo:
            self._state.repository = str(session.repo)

    @property
    def is_cloned(self) -> bool:
        """The clone we stand in is one of the repository."""
        session, clone = self.session, self._clone
        return bool(clone and session.knows_repo and clone.remote_of(session.repo))

    def show(self) -> None:
        """Put what the form amounts to now on the screen."""
        raise NotImplementedError

    def has_read(self) -> None:
        """All that this place tells is known, or there is nothing to know."""
        self.is_reading = False

    def follow(self, *, anew: bool = False) -> None:
        """Find out about the revisions in the form, `anew` those too that are known."""
        raise NotImplementedError

    def forget(self) -> None:
        """What is known is about another repository."""
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
            if self._state.draft() == self.untouched:
                self._form.focus_repository()
            self.silence = words.NO_REPOSITORY
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
        self.forget()
        self.is_reading = True
        self._state.begin(str(repo), {CLONE: self._state.notices.get(CLONE, "")})
        self._prefill(repo)
        self.silence = words.CONFIG_UNREAD
        self.keep_names()
        self.survey()
        self.ask_server()

    def _prefill(self, repo: RepoSlug) -> None:
        """What is checked out becomes the head, unless another was chosen, the words of the
        command name the repository, or the clone is none of it."""
        clone = self._clone
        if clone is None or not self._may_prefill:
            return
        own, none = clone.head.revision, RevisionDraft()
        before, after = (none, own) if clone.remote_of(repo) else (own, none)
        if self._state.head == before != after:
            untouched = self._state.draft() == self.untouched
            self._form.set_head(after)
            self._prefilled_at = get_time()
            self.untouched = self._state.draft() if untouched else self.untouched

    @on(Refill)
    async def _refill(self, asked: Refill) -> None:
        """What is known of the repository stays known."""
        state = FormState.of(asked.draft, asked.forgotten)
        state.repository = str(self.session.repo) if self.session.knows_repo else ""
        state.notices = self._state.notices
        state.learn(self._state.config, certain=self._state.certain)
        await self._form.remove()
        self._state, self._form = state, Form(state, self.refs)
        self.untouched = state.draft()
        panes = self.query_one("#panes")
        await panes.mount(self._form, before=0 if panes.children else None)
        self.free_repository()
        self._form.move(0)
        self.follow(anew=True)
        self.show()
