"""The two rows of a revision: which kind it is, and its name."""

from collections.abc import Callable
from dataclasses import replace

from tui.domain.draft import RevisionDraft
from tui.domain.request import REVISION_KINDS
from tui.screens.compose import words
from tui.screens.compose.choice_rows import ChoiceRow
from tui.screens.compose.text_row import TextRow


class RevisionRows:
    """Rows that write a RevisionDraft with every change. `note` says what the default means."""

    def __init__(
        self,
        field: str,
        label: str,
        revision: RevisionDraft,
        write: Callable[[RevisionDraft], None],
        *,
        note: str,
        hint: str,
    ) -> None:
        self._revision = revision
        self._write = write
        self._note = note
        self.kind = ChoiceRow(
            f"{field}/kind",
            label,
            (words.DEFAULT, *REVISION_KINDS),
            revision.kind or words.DEFAULT,
            self._choose,
            hint=hint,
        )
        self.name = TextRow(field, "", revision.name, self._type, hint=hint)
        self._describe()

    def _choose(self, word: str) -> None:
        kind = next((kind for kind in REVISION_KINDS if kind == word), None)
        self._revision = replace(self._revision, kind=kind)
        self._describe()
        self._write(self._revision)

    def _type(self, name: str) -> None:
        self._revision = replace(self._revision, name=name)
        self._write(self._revision)

    def _describe(self) -> None:
        kind = self._revision.kind
        self.name.set_note("" if kind else self._note)
        if kind:
            self.name.input.placeholder = words.placeholder(kind)
