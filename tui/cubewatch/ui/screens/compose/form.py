"""Form: the fields in one column, which write every change to a FormState."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from cubewatch.facts import Facts
from cubewatch.model.draft import CONFIG_REVISION, HEAD
from cubewatch.model.form_state import REPOSITORY, FormState
from cubewatch.refs.ref_search import RefSearch
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.choice_rows import TickRow
from cubewatch.ui.screens.compose.revision_rows import RevisionRows
from cubewatch.ui.screens.compose.rows import ActionRow, FormRow, KeyRow, full_label_width
from cubewatch.ui.screens.compose.status_lines import StatusLines
from cubewatch.ui.screens.compose.suggest_row import KnownNames, SuggestRow
from cubewatch.ui.screens.compose.text_row import TextField, TextRow
from cubewatch.ui.screens.compose.workflow_rows import AddingRow, WorkflowRows

LABEL_CELLS = (15, 26)
"""The least and the greatest width of the column of labels."""


class Form(Vertical):
    """All fields of `state`, which every change is written to at once.

    It can be made only while its screen is active: text fields need that.
    """

    BORDER_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next field", show=False, priority=True),
        Binding("up", "move(-1)", "Previous field", show=False, priority=True),
        Binding("j", "move_choice(1)", "Next choice below", show=False),
        Binding("k", "move_choice(-1)", "Next choice above", show=False),
        Binding("enter", "next", "On to the next field", show=False, priority=True),
        Binding("pagedown", "move(8)", "A page of fields down", show=False, priority=True),
        Binding("pageup", "move(-8)", "A page of fields up", show=False, priority=True),
        Binding("tab", "next_part", "Next part", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Previous part", show=False, priority=True),
    ]

    class Changed(Message):
        """The person has changed something."""

    class RepositoryNamed(Message):
        """The person has named a repository, right or not."""

    class RevisionNamed(Message):
        """The person has left the name of a revision."""

    def __init__(self, state: FormState, refs: RefSearch) -> None:
        super().__init__(id="form")
        self.state = state
        self._repository = SuggestRow(
            REPOSITORY,
            "Repository",
            lambda: state.repository,
            lambda text: setattr(state, "repository", text),
            KnownNames(()),
            placeholder="ORG/REPO",
            hint=texts.REPOSITORY_HINT,
            note=state.repository or texts.LOCATING,
        )
        self._head = RevisionRows(HEAD, "Head", state.head, refs, hint=texts.HEAD_HINT)
        self._config_revision = RevisionRows(
            CONFIG_REVISION, "Config from", state.config_revision, refs, hint=texts.CONFIG_HINT
        )
        self._trouble = Static(id="config-trouble", markup=False)
        self._fetch = ActionRow("fetch", texts.FETCH, hint=texts.FETCH_HINT)
        self._workflows = WorkflowRows(state)
        self._shared = TickRow(
            "shared",
            "Shared",
            texts.SHARED_TEXT,
            state.shared,
            lambda ticked: setattr(state, "shared", ticked),
            hint=texts.SHARED_HINT,
        )
        self._hint = StatusLines("hint")
        self._last: Widget | None = None
        self._syncing = asyncio.Lock()
        self._shown_names = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="fields"):
            rows = list(self._rows())
            self._fit_labels(rows, self.app.size.width)
            yield from rows
        self._trouble.display = self._fetch.display = False
        yield self._hint

    def _rows(self) -> Iterator[Widget]:
        """Everything in the column of fields, from top to bottom."""
        yield self._repository
        for pair in (self._head, self._config_revision):
            yield pair.kind
            yield pair.name
        yield self._trouble
        yield self._fetch
        yield from self._workflows.rows()
        yield self._shared

    def lock_repository(self, repository: str) -> None:
        """Show the repository, with no way to change it."""
        self._repository.set_note(repository)

    def ask_for_repository(self, candidates: Sequence[str]) -> None:
        """Let the person name the repository."""
        self._repository.source = KnownNames(candidates)
        self._repository.set_note("")

    def suggest_repositories(self, candidates: Sequence[str]) -> None:
        """Suggest other repositories than before, where one can be named."""
        self._repository.source = KnownNames(candidates)
        self._repository.refresh_names()

    def focus_repository(self) -> None:
        """Focus the repository, and show the candidates."""
        self.screen.set_focus(self._repository.entry)
        if self.state.repository == "":
            self.call_after_refresh(self._repository.open)

    def focus_choice(self) -> None:
        """Focus the first row without a text field."""
        self.screen.set_focus(self._head.kind)

    @property
    def typing(self) -> str:
        """The field of the revision whose name is being typed, "" if none is."""
        pairs = {HEAD: self._head, CONFIG_REVISION: self._config_revision}
        return next((field for field, pair in pairs.items() if pair.name.input.has_focus), "")

    @property
    def is_at_start(self) -> bool:
        """Whether the cursor is where it is put before anything is known."""
        return self.screen.focused in (None, self._head.kind)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A row with an Enter of its own keeps it."""
        focused = self.screen.focused if action == "next" else None
        around = focused.ancestors_with_self if focused else []
        return not any(isinstance(node, AddingRow | ActionRow) for node in around)

    def action_next(self) -> None:
        """Go to the next field, and take the name that is highlighted in a list."""
        if row := self._suggesting:
            row.accept()
        self.move(1)

    def action_move(self, steps: int) -> None:
        """Go to another field, or move in the list that is open."""
        row = self._suggesting
        if row is None or not row.step(steps):
            self.move(steps)

    def action_move_choice(self, step: int) -> None:
        """Go to the next row above or below that is no text field: a letter that moves must not
        become text with the next press."""
        rows = [row for row in self.query(KeyRow) if row.display]
        focused = self.screen.focused
        if isinstance(focused, KeyRow) and focused in rows:
            place = rows.index(focused) + step
            self.screen.set_focus(rows[min(max(place, 0), len(rows) - 1)])

    def action_next_part(self) -> None:
        """Go to the next field, after the last one to what follows the form, and take the name
        that is highlighted in a list."""
        if row := self._suggesting:
            row.accept()
        before = self.screen.focused
        self.move(1)
        if self.screen.focused is before:
            self.screen.focus_next()

    @property
    def _suggesting(self) -> SuggestRow | None:
        """The focused row, if it suggests names."""
        parent = self.screen.focused.parent if self.screen.focused else None
        return parent if isinstance(parent, SuggestRow) else None

    def leave_text(self) -> None:
        """Move the cursor out of a text field, to the nearest row above that has none."""
        focused = self.screen.focused
        if not isinstance(focused, TextField):
            self.refocus()
            return
        rows = [row for row in self.query(FormRow) if row.display and row.entry.display]
        place = next((n for n, row in enumerate(rows) if row.entry is focused), 0)
        keys = [*reversed(rows[:place]), *rows[place:]]
        self.screen.set_focus(next(row for row in keys if isinstance(row, KeyRow)))

    def reload_head(self) -> None:
        """Show a head that was put into the state."""
        self._head.reload()

    def show_facts(self, facts: Facts, now: datetime) -> None:
        """Show what is known of the revisions and the config."""
        head, config = texts.default_notes(facts.default_branch, self.state.head.draft)
        self._head.describe(facts.revision(HEAD), head, now)
        self._config_revision.describe(facts.revision(CONFIG_REVISION), config, now)
        if facts.names != self._shown_names:
            self._shown_names = facts.names
            for pair in (self._head, self._config_revision):
                pair.name.refresh_names()
        found = facts.config if facts.is_config_named and facts.is_config_read else None
        trouble = found.trouble if found else ""
        self._trouble.update(Content(f"! {trouble}" if trouble else ""))
        self._trouble.display = bool(trouble)
        is_missing = bool(found and found.missing) or facts.is_fetching
        if self._fetch.has_focus and not is_missing:
            self.screen.set_focus(self._config_revision.kind)
        self._fetch.set_text(texts.FETCHING if facts.is_fetching else texts.FETCH)
        self._fetch.display = is_missing
        self._show_hint()

    def focus_field(self, field: str) -> None:
        """Focus the row in which a problem with `field` can be solved."""
        names = {
            REPOSITORY: self._repository,
            HEAD: self._head.name,
            CONFIG_REVISION: self._config_revision.name,
        }
        row = names.get(field) or self._workflows.row(field)
        if row and row.entry.is_attached:
            self.screen.set_focus(row.entry)

    def take(self) -> None:
        """Write what is typed by now, as keys may come faster than the messages they cause, and
        close open lists."""
        for row in self.query(TextRow):
            row.take()
            if isinstance(row, SuggestRow):
                row.close()

    async def commit(self) -> None:
        """Make rows of workflows and inputs that are being typed."""
        for row in self.query(AddingRow):
            row.commit()
        await self.sync()

    def move(self, steps: int) -> None:
        """Move the focus by `steps` fields, or back to where it was last. It moves at once, so
        that the next key goes to the new field: by the order of the rows, as new ones have no
        place on the screen yet."""
        rows = (row for row in self.query(FormRow) if row.display)
        entries = [one for row in rows if (one := row.entry).display and self in one.ancestors]
        focused = self.screen.focused
        if focused in entries:
            place = entries.index(focused) + steps
            self.screen.set_focus(entries[min(max(place, 0), len(entries) - 1)])
        elif entries:  # or the app is about to end
            self.screen.set_focus(self._last if self._last in entries else entries[0])

    def refocus(self) -> None:
        """Put the focus back where it was, if it got lost."""
        if self._last and self.screen.focused is None:
            self.move(0)

    async def sync(self) -> None:
        """Mount, move and remove rows, until they are those that the state needs."""
        fields = self.query_one("#fields")
        async with self._syncing:  # the screen and the form itself may both need it
            wanted = list(self._rows())
            kept = set(wanted)
            await fields.remove_children([row for row in fields.children if row not in kept])
            self._fit_labels(wanted, self.size.width)
            for place, row in enumerate(wanted):
                there = fields.children[place : place + 1]
                if row in there:
                    continue
                if row.parent is fields:
                    fields.move_child(row, before=place)
                else:
                    await fields.mount(row, before=there[0] if there else None)
                    if row.parent is not fields:
                        return  # nothing can be mounted any more: the app is about to end

    def _fit_labels(self, widgets: Iterable[Widget], width: int) -> None:
        rows = [row for row in widgets if isinstance(row, FormRow)]
        least, most = LABEL_CELLS
        inputs = max(map(full_label_width, texts.input_labels(self.state)), default=0)
        wanted = max((row.full_label_width for row in rows if row.display), default=0)
        wanted = max(wanted, inputs)  # ticking a workflow must not shift the form
        cells = max(least, min(wanted, most, width * 2 // 5))
        for row in rows:
            row.set_label_width(cells)

    def on_resize(self, event: events.Resize) -> None:
        self._fit_labels(self.query(FormRow), event.size.width)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._last = event.widget
        self._show_hint()

    def on_descendant_blur(self) -> None:
        self._show_hint()

    def _show_hint(self) -> None:
        if not self.is_attached:  # the app may be about to end
            return
        focused = self.screen.focused
        chain = focused.ancestors_with_self if focused else []
        row = next((node for node in chain if isinstance(node, FormRow)), None)
        hint = row.hint if row else "" if focused else texts.NO_FIELD
        self._hint.show(Content(hint))

    @on(FormRow.Changed)
    async def _changed(self, event: FormRow.Changed) -> None:
        event.stop()
        if isinstance(event.row, TickRow):
            await self.sync()
        self._show_hint()
        self.post_message(self.Changed())

    @on(TextRow.Done)
    async def _done(self, event: TextRow.Done) -> None:
        """Make a row of a workflow or an input that was typed. Enter goes on to the next field,
        but stays where another one can be added."""
        event.stop()
        row = event.row
        if not (event.entered or self.app.app_focus):
            return  # the terminal has lost the focus, not the field
        if row is self._repository:
            self.post_message(self.RepositoryNamed())
        if row in (self._head.name, self._config_revision.name):
            self.post_message(self.RevisionNamed())
        if isinstance(row, AddingRow) and row.commit():
            await self.sync()
            self.post_message(self.Changed())
        elif event.entered and not (isinstance(row, AddingRow) and row.input.value.strip()):
            self.move(1)
