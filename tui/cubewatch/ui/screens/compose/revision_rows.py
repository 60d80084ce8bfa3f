"""The two rows of a revision: which kind it is, and its name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cubewatch.model.draft import RevisionDraft
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import REVISION_KINDS
from cubewatch.refs.search import RefSearch
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.choice_rows import ChoiceRow
from cubewatch.ui.screens.compose.suggest_row import RefSource, SuggestRow


class RevisionRows:
    """Rows that write a RevisionDraft with every change. `note` says what the default means."""

    def __init__(
        self,
        field: str,
        label: str,
        revision: RevisionDraft,
        write: Callable[[RevisionDraft], None],
        refs: RefSearch,
        *,
        note: str,
        hint: str,
    ) -> None:
        self._revision = revision
        self._write = write
        self._note = note
        self._hint = hint
        self.kind = ChoiceRow(
            f"{field}/kind",
            label,
            (words.DEFAULT, *REVISION_KINDS),
            revision.kind or words.DEFAULT,
            self._choose,
            hint=hint,
        )
        source = RefSource(refs, lambda: self._revision.kind)
        self.name = SuggestRow(field, "", revision.name, self._type, source, hint=hint)
        self.name.input.select_on_focus = True  # it is there to be replaced
        self._names = {revision.kind: revision.name}
        self._describe()

    def set(self, revision: RevisionDraft) -> None:
        """Put another revision in, and write it."""
        self._revision = revision
        self._names[revision.kind] = revision.name
        self.kind.show(revision.kind or words.DEFAULT)
        self.name.set_text(revision.name)
        self._describe()
        self._write(revision)

    def tell(self, ref: GitRef | None, notice: str, now: datetime) -> None:
        """Say what the revision is, as far as that is known, and what to mind about it."""
        self.name.set_suffix(words.MIND if notice else "")
        self.name.hint = notice or (words.ref_hint(ref, now) if ref else "") or self._hint

    def set_default(self, note: str) -> None:
        """Say what the default is."""
        self._note = note
        self._describe()

    def _choose(self, word: str) -> None:
        kind = next((kind for kind in REVISION_KINDS if kind == word), None)
        self.set(RevisionDraft(kind, self._names.get(kind, "")))

    def _type(self, text: str) -> None:
        name = text.strip()
        self._names[self._revision.kind] = name
        self._revision = replace(self._revision, name=name)
        self._write(self._revision)

    def _describe(self) -> None:
        kind = self._revision.kind
        self.name.set_note("" if kind else self._note)
        if kind:
            self.name.input.placeholder = words.placeholder(kind)
