"""The two rows of a revision: which kind it is, and its name."""

from datetime import datetime

from cubewatch.facts import RevisionFacts
from cubewatch.model.form_state import RevisionField
from cubewatch.model.request import REVISION_KINDS
from cubewatch.refs.ref_search import RefSearch
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.choice_rows import ChoiceRow
from cubewatch.ui.screens.compose.suggest_row import RefSource, SuggestRow


class RevisionRows:
    """The rows that change a `RevisionField`. `note` describes the default branch."""

    def __init__(
        self, field: str, label: str, revision: RevisionField, refs: RefSearch, *, hint: str
    ) -> None:
        self._revision = revision
        self._hint = hint
        self.kind = ChoiceRow(
            f"{field}/kind",
            label,
            (texts.DEFAULT, *REVISION_KINDS),
            revision.kind or texts.DEFAULT,
            self._choose,
            hint=hint,
        )
        self.name = SuggestRow(
            field,
            "",
            lambda: revision.name,
            lambda text: setattr(revision, "name", text),
            RefSource(refs, lambda: revision.kind),
            hint=hint,
        )
        self.name.input.select_on_focus = True  # the first key replaces the name

    def reload(self) -> None:
        """Show a revision that was put in from elsewhere."""
        self.kind.show(self._revision.kind or texts.DEFAULT)
        self.name.reload()

    def describe(self, facts: RevisionFacts, default: str, now: datetime) -> None:
        """Say what the revision is, or what the default is, and warn."""
        kind = self._revision.kind
        self.name.set_note("" if kind else default)
        if kind:
            self.name.input.placeholder = texts.placeholder(kind)
        self.name.set_suffix(texts.WARNED if facts.warning else "")
        about = texts.ref_hint(facts.ref, now) if facts.ref else ""
        self.name.hint = facts.warning or about or self._hint

    def _choose(self, word: str) -> None:
        self._revision.kind = next((kind for kind in REVISION_KINDS if kind == word), None)
        self.name.reload()
