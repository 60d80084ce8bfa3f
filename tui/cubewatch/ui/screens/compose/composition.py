"""Composition: the content of a form, the facts about its repository, and the resulting request."""

from typing import TYPE_CHECKING

from textual.content import Content

from cubewatch.facts import Facts, RepositoryFacts
from cubewatch.model.draft import CONFIG_REVISION, HEAD, Checked, Draft, RevisionDraft
from cubewatch.model.form_state import FormState
from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.model.wording import in_words
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.status_lines import status_lines
from cubewatch.watch.submission import Shown, Submission

if TYPE_CHECKING:
    from cubewatch.git.surroundings import ConfigFound
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst
    from cubewatch.ui.screens.compose.preview import PreviewContent


class Composition:
    """The state behind the screen, without widgets.

    `known` are the facts that the screen shows, which may be older than `facts.now`. `untouched`
    is the draft with which nothing of the person's is lost. `typing` is the field of the revision
    whose name is being typed, "" if none is. `asks_repository`: the person may name it.
    """

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        self.session = session
        self.facts = RepositoryFacts(session)
        self.submission = Submission(session.timing.now)
        if start.send_at_once:
            self.submission.start_waiting()
        self.state = FormState.of(start.draft, start.forgotten)
        if session.knows_repo:
            self.state.repository = str(session.repo)
        self.untouched = self.state.draft()
        self.known = self.facts.now
        self.typing = ""
        self.asks_repository = False
        self.has_started = False
        """The cursor is where the next decision is, or the person has moved it."""
        self._may_prefill = not session.knows_repo
        self._config: ConfigFound | None = None

    @property
    def is_reading(self) -> bool:
        """Whether the form does not show yet what the config says that the server would take."""
        now, shown = self.facts.now, self.known
        is_behind = (now.repo, now.is_reading) != (shown.repo, shown.is_reading)
        return now.is_reading or is_behind or now.config is not shown.config

    @property
    def is_touched(self) -> bool:
        """Whether the person has put something in."""
        return self.state.draft() != self.untouched

    @property
    def candidates(self) -> list[str]:
        """The repositories to choose from."""
        return [str(repo) for repo in self.facts.now.candidates]

    def settle_location(self, facts: Facts) -> RepoSlug | None:
        """The repository that is known from the start or from the clone; None: it has to be
        named."""
        clone = facts.clone
        if clone and clone.remote and not self.session.knows_repo:
            self.session.settle(clone.remote.repo)
        self.asks_repository = not self.session.knows_repo
        return self.session.repo if self.session.knows_repo else None

    def named_repository(self) -> RepoSlug | None:
        """The repository that is typed, if it is another one than before."""
        repo = self.state.repo
        is_known = self.session.knows_repo and self.session.repo == repo
        return None if is_known else repo

    def choose_repository(self, repo: RepoSlug) -> bool:
        """Compose a run of `repo`, with the checked out head if the clone is one of it and no
        other head was chosen. Returns whether that changed the head."""
        self.facts.choose(repo)
        self._config = None
        self.state.change_repository(str(repo))
        is_prefilled = self._prefill(repo)
        self.follow()
        return is_prefilled

    def _prefill(self, repo: RepoSlug) -> bool:
        clone, state = self.facts.now.clone, self.state
        if clone is None or not self._may_prefill:
            return False
        own, none = clone.head.revision, RevisionDraft()
        before, after = (none, own) if clone.remote_of(repo) else (own, none)
        if not state.head.draft == before != after:
            return False
        is_touched = self.is_touched
        state.head.put(after)
        self.untouched = self.untouched if is_touched else state.draft()
        return True

    def follow(self, delay: float = 0.0) -> None:
        """Find out about the revisions in the form, after `delay` seconds without a change."""
        self.facts.follow(
            self.state.head.draft,
            self.state.config_revision.draft,
            delay=delay,
            is_typing_config=self.typing == CONFIG_REVISION,
        )

    def take_config(self) -> bool:
        """Take over the workflows of the config, or those that ran recently. Returns False if no
        config was read yet. The only workflow is ticked, at the start."""
        facts, state = self.known, self.state
        found = facts.config if facts.is_config_read else None
        if found is None:
            return False
        if found is not self._config:
            self._config = found
            state.learn(found.config, certain=found.certain)
        if found.config is None:
            state.offer_recent(facts.recent or ())
        elif not self.has_started and not self.is_touched:
            state.tick_only_workflow()
            self.untouched = state.draft()
        return True

    def refill(self, draft: Draft, forgotten: tuple[tuple[str, str], ...]) -> None:
        """Hold another draft; what is known of the repository stays known."""
        before, self.state = self.state, FormState.of(draft, forgotten)
        self.state.repository = str(self.session.repo) if self.session.knows_repo else ""
        self.state.learn(before.config, certain=before.certain)
        self.untouched = self.state.draft()
        self.submission.edit()

    def checked(self) -> Checked:
        """The request so far, its problems and its warnings. A name that is being typed is not
        called wrong while it can still become right."""
        typing = self.typing if self._may_become_name() else ""
        self.state.warnings = tuple(
            one for one in texts.warnings(self.known) if one.field != typing or not typing
        )
        return self.state.checked()

    def _may_become_name(self) -> bool:
        """Whether the name that is being typed is the beginning of one that is known."""
        revisions = {HEAD: self.state.head, CONFIG_REVISION: self.state.config_revision}
        revision, refs = revisions.get(self.typing), self.facts.refs
        if revision is None or revision.kind is None:
            return False
        known = refs.ref(revision.kind, revision.name)
        return known is None and refs.found(revision.kind, revision.name).total > 0

    def shown(self) -> Shown:
        """The content of the form, for the submission."""
        checked = self.checked()
        return Shown(
            self.state.draft(),
            frozenset(warning.text for warning in checked.warnings),
            checked.request,
            self.state.doubtful(),
            self.is_reading,
        )

    def summary(self, request: RunRequest | None) -> str:
        """The summary of a request in one line; "" while there is nothing to run."""
        facts, repo = self.known, self.state.repo
        if request is None or repo is None:
            return ""
        head, default = facts.revision(HEAD).ref, facts.default_branch
        if request.head is None and default:
            head = self.facts.refs.ref("branch", default) or GitRef("branch", default)
        config = "" if request.config_revision else default
        return in_words(request, repo, head=head, config=config, now=self.session.timing.utc())

    def preview(self, checked: Checked) -> "PreviewContent":
        """The content of the preview."""
        from cubewatch.ui.screens.compose.preview import PreviewContent

        repo, request = self.state.repo, checked.so_far
        is_known = self.known.is_config_named and not self.is_reading
        return PreviewContent(
            repo.api_path if repo else texts.NO_PATH,
            self.summary(request),
            request,
            checked.request is not None,
            self.state.config if is_known else None,
            texts.no_plan(self.facts.now),
            tuple(warning.text for warning in checked.warnings),
            texts.quotas(self.known.quotas),
        )

    def status(self, checked: Checked) -> list[Content]:
        """The status lines."""
        submission = self.submission
        lines = status_lines(
            submission,
            checked,
            self.summary(checked.so_far),
            is_reading=self.is_reading,
            typing="" if submission.is_refused else self.typing,
        )
        if submission.may_insist and self.state.doubtful():
            lines[0] = Content.assemble(lines[0], (texts.DOUBT, "dim"))
        if submission.has_changed:
            lines.insert(0, Content.assemble((f"! {texts.CHANGED}", "$warning")))
        return lines
