"""Form: the fields in one column. It keeps a FormState and tells when that has changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.domain.ci_config import CiConfig
from tui.domain.draft import CONFIG_REVISION, HEAD
from tui.screens.compose import words
from tui.screens.compose.choice_rows import TickRow
from tui.screens.compose.revision_rows import RevisionRows
from tui.screens.compose.rows import FactRow, Row
from tui.screens.compose.state import FormState
from tui.screens.compose.text_row import TextRow
from tui.screens.compose.workflow_rows import AddingRow, WorkflowRows

if TYPE_CHECKING:
    from textual.widget import Widget

LABEL_CELLS = (15, 26)
"""How wide the column of labels is at least and at most."""


class Form(Vertical):
    """All fields of `state`, which every change is written to at once.

    It can be made only while its screen is shown: text fields ask for that.
    """

    BORDER_TITLE = "Run"

    class Changed(Message):
        """Something in the form is different now."""

    def __init__(self, repository: str, state: FormState) -> None:
        super().__init__(id="form")
        self.state = state
        self._repository = repository
        self._head = RevisionRows(
            HEAD,
            "Head",
            state.head,
            lambda revision: setattr(state, "head", revision),
            note=words.HEAD_DEFAULT,
            hint=words.HEAD_HINT,
        )
        self._config_revision = RevisionRows(
            CONFIG_REVISION,
            "Config from",
            state.config_revision,
            lambda revision: setattr(state, "config_revision", revision),
            note=words.CONFIG_DEFAULT,
            hint=words.CONFIG_HINT,
        )
        self._workflows = WorkflowRows(state)
        self._hint = Static(id="hint", markup=False)
        self._last: Widget | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="fields"):
            rows = list(self._rows())
            self._fit_labels(rows, self.app.size.width)
            yield from rows
        yield self._hint

    def _rows(self) -> Iterator[Row]:
        state = self.state
        yield FactRow("Repository", self._repository)
        for pair in (self._head, self._config_revision):
            yield pair.kind
            yield pair.name
        yield from self._workflows.rows()
        yield TickRow(
            "shared",
            "Shared",
            words.SHARED_TEXT,
            state.shared,
            lambda ticked: setattr(state, "shared", ticked),
            hint=words.SHARED_HINT,
        )

    async def learn(self, config: CiConfig | None, trouble: str = "") -> None:
        """Take in what the config says; `trouble` is why there is none, in one inert line."""
        if config:
            self.state.learn(config)
        await self._sync()
        if trouble:
            note = Static(Content(f"! {trouble}"), id="config-trouble", markup=False)
            await self.query_one("#fields").mount(note, before=next(self._workflows.rows()))
        self.post_message(self.Changed())

    def focus_field(self, field: str) -> None:
        """Put the focus where a problem with `field` can be mended."""
        names = {HEAD: self._head.name, CONFIG_REVISION: self._config_revision.name}
        if row := names.get(field) or self._workflows.row(field):
            self.screen.set_focus(row.entry)

    def take(self) -> None:
        """Write down what is typed by now: keys may come faster than the messages they cause."""
        for row in self.query(TextRow):
            row.take()

    def move(self, steps: int) -> None:
        """Put the focus `steps` fields further down, or back to where it was last. It moves at
        once, so that a key that comes right behind goes to the new field."""
        entries = [widget for widget in self.screen.focus_chain if self in widget.ancestors]
        focused = self.screen.focused
        if focused in entries:
            place = entries.index(focused) + steps
            self.screen.set_focus(entries[min(max(place, 0), len(entries) - 1)])
        else:
            self.screen.set_focus(self._last if self._last in entries else entries[0])

    async def _sync(self) -> None:
        """Mount the rows that are missing, each in its place."""
        fields = self.query_one("#fields")
        rows = list(self._workflows.rows())
        missing: list[Row] = []
        for row in rows:
            if not row.is_attached:
                missing.append(row)
            elif missing:
                await fields.mount(*missing, before=row)
                missing = []
        self._fit_labels([*self.query(Row), *rows], self.size.width)

    def _fit_labels(self, rows: list[Row], width: int) -> None:
        least, most = LABEL_CELLS
        wish = max(row.wish for row in rows if row.display)
        cells = max(least, min(wish, most, width * 2 // 5))
        for row in rows:
            row.set_label_width(cells)

    def on_resize(self, event: events.Resize) -> None:
        self._fit_labels(list(self.query(Row)), event.size.width)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._last = event.widget
        self._say_hint()

    def on_descendant_blur(self) -> None:
        self._say_hint()

    def _say_hint(self) -> None:
        focused = self.screen.focused
        chain = focused.ancestors_with_self if focused else []
        row = next((node for node in chain if isinstance(node, Row)), None)
        hint = row.hint if row else "" if focused else words.NO_FIELD
        self._hint.update(Content(hint), layout=False)

    @on(Row.Changed)
    async def _changed(self, event: Row.Changed) -> None:
        event.stop()
        if isinstance(event.row, TickRow):
            await self._sync()
        self._say_hint()
        self.post_message(self.Changed())

    @on(TextRow.Done)
    async def _done(self, event: TextRow.Done) -> None:
        """A name or an input typed by hand becomes a row of its own; Enter goes on, or stays where
        there was something to add, for the next one."""
        event.stop()
        row = event.row
        if isinstance(row, AddingRow) and row.commit():
            row.set_text("")
            await self._sync()
            self.post_message(self.Changed())
        elif event.entered:
            self.move(1)
