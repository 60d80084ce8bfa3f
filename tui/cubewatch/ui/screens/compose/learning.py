"""LearningScreen: puts what is found out about the repository into the form."""

from typing import TYPE_CHECKING

from textual import on

from cubewatch.model.draft import CONFIG_REVISION, HEAD, RevisionDraft, as_revision
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import RunRequest
from cubewatch.model.wording import config_differs, in_words
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.placing import CLONE, PlacingScreen
from cubewatch.ui.screens.compose.rows import ActRow
from cubewatch.ui.screens.compose.scouting import ScoutingScreen

if TYPE_CHECKING:
    from cubewatch.model.config import CiConfig
    from cubewatch.model.request import GitRevision
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst

QUIET = 0.3
"""Seconds without a key until a revision that is being typed is looked up."""
PAUSE = 1.5
"""The same for the config of one that nobody knows: it may be half a name."""
SERVER, CONFIG, DIFFERENCE = "server", "config", "difference"
"""Notices that belong to no field."""


class LearningScreen(PlacingScreen):
    """A form that fills itself, but for what a person has written or chosen."""

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__(session, start)
        self._default_branch = ""
        self._head_ref: GitRef | None = None
        self._seen: dict[str, RevisionDraft] = {}
        self._config_at: GitRevision | None = None
        self._fetching: GitRevision | None = None
        self._recent: tuple[str, ...] | None = None
        """Workflows that ran not long ago; None: nobody has asked yet."""
        self._server_told = self._config_taken = False
        self.server_standing = ""

    def forget(self) -> None:
        self._default_branch = ""
        self._config_at = None
        self._recent = None
        self._server_told = self._config_taken = False
        self._seen.clear()

    @on(ScoutingScreen.NamesKnown)
    def _take_names(self) -> None:
        self._form.renew_names()

    @on(ScoutingScreen.Surveyed)
    def _take_survey(self, surveyed: ScoutingScreen.Surveyed) -> None:
        self.refs.learn(surveyed.refs)
        self._form.renew_names()
        self._default_branch = self._default_branch or surveyed.default_branch
        if surveyed.trouble:
            self._state.notices[CLONE] = surveyed.trouble
        self.follow(anew=True)

    @on(ScoutingScreen.ServerTold)
    def _take_server(self, told: ScoutingScreen.ServerTold) -> None:
        self._state.notices[SERVER] = told.trouble
        self.server_standing = told.standing
        self._server_told = True
        if told.default_branch and told.default_branch != self._default_branch:
            self._default_branch = told.default_branch
            self.follow(anew=True)
        self._end_reading()
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
        head, default = self._head_ref, self._default_branch
        if request.head is None and default:
            head = self.refs.ref("branch", default) or GitRef("branch", default)
        config = "" if request.config_revision else default
        return in_words(request, repo, head=head, config=config, now=self.session.timing.utc())

    @property
    def known_config(self) -> "CiConfig | None":
        """What the config says that the server would take, as far as that is known by now."""
        chosen = self._state.config_revision
        is_named = chosen.kind is None or as_revision(chosen) is not None
        return self._state.config if is_named and not self.is_reading else None

    def _choose_config(self, wait: float = 0.0, *, finished: bool = False) -> None:
        """Read the config that the server would take, if it is known which. A name that nobody
        knows is read after a pause, or when it is `finished`."""
        if not self.session.knows_repo:
            return
        default = as_revision(RevisionDraft("branch", self._default_branch))
        chosen, head = self._state.config_revision, self._state.head
        at = as_revision(chosen) if chosen.kind else default
        if at is None and chosen.kind:
            self._config_at = None
            self.workers.cancel_group(self, "config")
            self._take_back(words.CONFIG_UNNAMED)
            self.has_read()
            return
        if at is None or at != self._config_at:
            self.is_reading, self._config_taken = True, False
            self._take_back(words.CONFIG_UNREAD)
        self._config_at = at
        known = at is None or self.refs.ref(at.kind, at.name) is not None
        if not (known or finished) and self._form.is_written_in(CONFIG_REVISION):
            wait = max(wait, PAUSE)
        self.read_config(at, as_revision(head) if head.kind else default, wait)

    def _take_back(self, silence: str) -> None:
        """What was said of another config is not true of this one."""
        self._state.notices |= {CONFIG: "", DIFFERENCE: ""}
        self.silence = silence
        self._form.say_trouble("", missing=False)

    @on(Form.ConfigNamed)
    def read_what_is_named(self) -> None:
        """Read the config of a revision that may have been half written until now."""
        if self.is_reading:
            self._choose_config(finished=True)

    @on(ScoutingScreen.ConfigRead)
    async def _take_config(self, read: ScoutingScreen.ConfigRead) -> None:
        if read.revision != self._config_at:
            return
        found = read.found
        head = as_revision(self._state.head) or self._default_branch
        notice = config_differs(found.source, str(head)) if read.differs else ""
        broken = words.CONFIG_BROKEN if found.trouble and not found.config else ""
        self._state.notices |= {CONFIG: broken, DIFFERENCE: notice}
        self.silence = words.CONFIG_UNKNOWN if broken else words.CONFIG_NONE
        await self._form.learn(found)
        if found.config is None and self._recent is None:
            self._recent = ()
            self.look_for_names()
        elif found.config is None:
            await self._offer_recent()
        self._config_taken = True
        self._end_reading()
        self.show()

    def _end_reading(self) -> None:
        if self._config_taken and (self._server_told or not self._may_name_default):
            self.has_read()

    @property
    def _may_name_default(self) -> bool:
        """Only the server can say which branch of the clone it would take the config from."""
        return self._config_at is None and self.is_cloned and not self._state.config_revision.kind

    @on(ScoutingScreen.ConfigOutdated)
    def _take_outdated(self, outdated: ScoutingScreen.ConfigOutdated) -> None:
        if outdated.revision == self._config_at:
            self._state.certain = False
            said = (outdated.trouble, words.outdated(inert(str(outdated.revision))))
            self._form.say_trouble("; ".join(filter(None, said)), missing=True)
            self.show()

    @on(ScoutingScreen.RecentNames)
    async def _take_recent(self, recent: ScoutingScreen.RecentNames) -> None:
        self._recent = recent.names
        if self._state.config is None:
            await self._offer_recent()
            self.show()

    async def _offer_recent(self) -> None:
        self._state.have_seen(self._recent or ())
        await self._form.sync()

    @on(ScoutingScreen.RevisionKnown)
    def _take_revision(self, known: ScoutingScreen.RevisionKnown) -> None:
        if as_revision(self._seen.get(known.field, RevisionDraft())) == known.revision:
            self._tell(known.field, known.ref, known.notice)
            self.show()

    def _tell(self, field: str, ref: "GitRef | None", notice: str) -> None:
        if field == HEAD:
            self._head_ref = ref
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
