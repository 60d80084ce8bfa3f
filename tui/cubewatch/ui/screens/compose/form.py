"""Form: the fields in one column. It keeps a FormState and tells when that has changed."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from cubewatch.model.draft import CONFIG_REVISION, HEAD, RevisionDraft
from cubewatch.model.git_ref import GitRef
from cubewatch.refs.search import RefSearch
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.choice_rows import TickRow
from cubewatch.ui.screens.compose.lines import StatusLines
from cubewatch.ui.screens.compose.revision_rows import RevisionRows
from cubewatch.ui.screens.compose.rows import ActRow, Row
from cubewatch.ui.screens.compose.state import REPOSITORY, FormState
from cubewatch.ui.screens.compose.suggest_row import KnownNames, SuggestRow
from cubewatch.ui.screens.compose.text_row import TextRow
from cubewatch.ui.screens.compose.workflow_rows import AddingRow, WorkflowRows

if TYPE_CHECKING:
    from cubewatch.git.surroundings import ConfigFound

LABEL_CELLS = (15, 26)
"""How wide the column of labels is at least and at most."""


class Form(Vertical):
    """All fields of `state`, which every change is written to at once.

    It can be made only while its screen is shown: text fields ask for that.
    """

    BORDER_TITLE = "Run"

    class Changed(Message):
        """The person has changed something."""

    class RepositoryNamed(Message):
        """The person has said which repository it is, right or not."""

    class ConfigNamed(Message):
        """The person has written where the config is from, and is elsewhere now."""

    def __init__(self, state: FormState, refs: RefSearch) -> None:
        super().__init__(id="form")
        self.state = state
        self._repository = SuggestRow(
            REPOSITORY,
            "Repository",
            state.repository,
            lambda text: setattr(state, "repository", text),
            KnownNames(()),
            placeholder="ORG/REPO",
            hint=words.REPOSITORY_HINT,
            note=state.repository or words.LOCATING,
        )
        self._head = RevisionRows(
            HEAD,
            "Head",
            state.head,
            lambda revision: setattr(state, "head", revision),
            refs,
            note=words.HEAD_DEFAULT,
            hint=words.HEAD_HINT,
        )
        self._config_revision = RevisionRows(
            CONFIG_REVISION,
            "Config from",
            state.config_revision,
            lambda revision: setattr(state, "config_revision", revision),
            refs,
            note=words.CONFIG_DEFAULT,
            hint=words.CONFIG_HINT,
        )
        self._trouble = Static(id="config-trouble", markup=False)
        self._fetch = ActRow("fetch", words.FETCH, hint=words.FETCH_HINT)
        self._workflows = WorkflowRows(state)
        self._shared = TickRow(
            "shared",
            "Shared",
            words.SHARED_TEXT,
            state.shared,
            lambda ticked: setattr(state, "shared", ticked),
            hint=words.SHARED_HINT,
        )
        self._hint = StatusLines("hint")
        self._last: Widget | None = None
        self._syncing = asyncio.Lock()

    def compose(self) -> ComposeResult:
        with Vertical(id="fields"):
            rows = list(self._rows())
            self._fit_labels(rows, self.app.size.width)
            yield from rows
        self._trouble.display = self._fetch.display = False
        yield self._hint

    def _rows(self) -> Iterator[Widget]:
        """All that stands in the column of fields, from top to bottom."""
        yield self._repository
        for pair in (self._head, self._config_revision):
            yield pair.kind
            yield pair.name
        yield self._trouble
        yield self._fetch
        yield from self._workflows.rows()
        yield self._shared

    def settle(self, repository: str) -> None:
        """Say which repository it is, with no way to change it."""
        self._repository.set_note(repository)

    def ask_for_repository(self, offered: Sequence[str]) -> None:
        """Let the person say which repository it is."""
        self._repository.source = KnownNames(offered)
        self._repository.set_note("")

    def focus_repository(self) -> None:
        """Put the focus where a repository is named, and show what there is to choose from."""
        self.screen.set_focus(self._repository.entry)
        if self.state.repository == "":
            self.call_after_refresh(self._repository.open)

    def is_written_in(self, field: str) -> bool:
        """Whether the person is just writing the name of a revision."""
        return self._revision(field).name.input.has_focus

    def _revision(self, field: str) -> RevisionRows:
        return self._head if field == HEAD else self._config_revision

    def set_head(self, revision: RevisionDraft) -> None:
        """Put another head in, as if it had been chosen."""
        self._head.set(revision)

    def tell_revision(self, field: str, ref: GitRef | None, notice: str, now: datetime) -> None:
        """Say what the revision in a field is, and what to mind about it."""
        self._revision(field).tell(ref, notice, now)
        self._say_hint()

    def tell_defaults(self, head: str, config_revision: str) -> None:
        """Say what the default revisions are."""
        self._head.set_default(head)
        self._config_revision.set_default(config_revision)

    def say_fetching(self, text: str) -> None:
        """Say how it stands with fetching, where it is asked for."""
        self._fetch.say(text)

    def renew_names(self) -> None:
        """Show the names of branches and tags that are known by now."""
        for pair in (self._head, self._config_revision):
            pair.name.renew()

    async def learn(self, found: "ConfigFound") -> None:
        """Take in what the config says, or why there is none."""
        self.state.learn(found.config, certain=found.certain)
        self.say_trouble(found.trouble, missing=found.missing)
        await self.sync()

    def say_trouble(self, trouble: str, *, missing: bool) -> None:
        """Say what is wrong with the config, in one inert line; "" takes that back. `missing`:
        fetching it may help, which is offered."""
        self._trouble.update(Content(f"! {trouble}" if trouble else ""))
        self._trouble.display = bool(trouble)
        if self._fetch.has_focus and not missing:
            self.screen.set_focus(self._config_revision.kind)
        self._fetch.say(words.FETCH)
        self._fetch.display = missing

    def focus_field(self, field: str) -> None:
        """Put the focus where a problem with `field` can be mended."""
        names = {
            REPOSITORY: self._repository,
            HEAD: self._head.name,
            CONFIG_REVISION: self._config_revision.name,
        }
        row = names.get(field) or self._workflows.row(field)
        if row and row.entry.is_attached:
            self.screen.set_focus(row.entry)

    def take(self) -> None:
        """Write down what is typed by now, as keys may come faster than the messages they cause,
        and close what dropped down."""
        for row in self.query(TextRow):
            row.take()
            if isinstance(row, SuggestRow):
                row.close()

    async def commit(self) -> None:
        """Make rows of what is being written by hand."""
        for row in self.query(AddingRow):
            row.commit()
        await self.sync()

    def move(self, steps: int) -> None:
        """Put the focus `steps` fields further down, or back to where it was last. It moves at
        once, so that a key that comes right behind goes to the new field: the order is that of the
        rows, as new ones have no place on the screen yet."""
        rows = (row for row in self.query(Row) if row.display)
        entries = [one for row in rows if (one := row.entry).display and self in one.ancestors]
        focused = self.screen.focused
        if focused in entries:
            place = entries.index(focused) + steps
            self.screen.set_focus(entries[min(max(place, 0), len(entries) - 1)])
        elif entries:  # or the app is about to end
            self.screen.set_focus(self._last if self._last in entries else entries[0])

    def refocus(self) -> None:
        """Put the focus back where it was, if something has taken it away."""
        if self._last and self.screen.focused is None:
            self.move(0)

    async def sync(self) -> None:
        """Make the rows on screen those that are needed, in their order."""
        fields = self.query_one("#fields")
        async with self._syncing:  # the screen and the form itself may both want it
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
                        return  # nothing can be added any more: the app is about to end

    def _fit_labels(self, widgets: Iterable[Widget], width: int) -> None:
        rows = [row for row in widgets if isinstance(row, Row)]
        least, most = LABEL_CELLS
        wish = max((row.wish for row in rows if row.display), default=0)
        cells = max(least, min(wish, most, width * 2 // 5))
        for row in rows:
            row.set_label_width(cells)

    def on_resize(self, event: events.Resize) -> None:
        self._fit_labels(self.query(Row), event.size.width)

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
        self._hint.say(Content(hint))

    @on(Row.Changed)
    async def _changed(self, event: Row.Changed) -> None:
        event.stop()
        if isinstance(event.row, TickRow):
            await self.sync()
        self._say_hint()
        self.post_message(self.Changed())

    @on(TextRow.Done)
    async def _done(self, event: TextRow.Done) -> None:
        """A name or an input typed by hand becomes a row of its own; Enter goes on, or stays where
        there was something to add, for the next one."""
        event.stop()
        row = event.row
        if not (event.entered or self.app.app_focus):
            return  # the person looks elsewhere, and comes back to it
        if row is self._repository:
            self.post_message(self.RepositoryNamed())
        if row is self._config_revision.name:
            self.post_message(self.ConfigNamed())
        if isinstance(row, AddingRow) and row.commit():
            await self.sync()
            self.post_message(self.Changed())
        elif event.entered and not (isinstance(row, AddingRow) and row.input.value.strip()):
            self.move(1)
