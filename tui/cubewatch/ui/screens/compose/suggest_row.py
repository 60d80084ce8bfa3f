"""SuggestRow: a text field that is completed from names while one types."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from cubewatch.model.git_ref import GitRef
from cubewatch.model.ranking import Names, span_in
from cubewatch.model.request import RevisionKind
from cubewatch.refs.ref_search import RefSearch
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.text_row import TextField, TextRow
from cubewatch.ui.styles import add_sheets
from cubewatch.ui.widgets.suggestions import EDGE, Offer, Suggestion, Suggestions

MIN_LIST_CELLS = 44
"""The least width of the list, where its field is narrower."""
BELOW_FORM = 2
"""Lines at the bottom of the screen that the list does not cover: status and footer."""
MAX_NAMES = 200


class SuggestionSource(Protocol):
    """A source of names for a field."""

    def offer(self, text: str) -> Offer:
        """The names that fit `text`, as far as they are known now."""

    def request(self, text: str) -> None:
        """Load the names that fit `text`; the row is refreshed when there are more."""

    def cancel(self, text: str) -> None:
        """Stop loading them."""


class KnownNames:
    """A source with a fixed list of names, in order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = Names((name, name) for name in names)

    def offer(self, text: str) -> Offer:
        found = [name for tier in self._names.tiers(text) for name in tier][:MAX_NAMES]
        return Offer(tuple(Suggestion(name, name, span_in(name, text)) for name in found))

    def request(self, text: str) -> None:
        """There is nothing to load."""

    def cancel(self, text: str) -> None:
        """There is nothing to stop."""


class RefSource:
    """A source of the branches or tags of a repository, by the kind that is chosen now."""

    def __init__(self, search: RefSearch, kind: Callable[[], RevisionKind | None]) -> None:
        self._search = search
        self._kind = kind

    def offer(self, text: str) -> Offer:
        if not (kind := self._kind()):
            return Offer()
        found = self._search.found(kind, text)
        if kind == "commit" and not found.total:
            return Offer()  # the list of commits is never complete
        items = tuple(_ref_suggestion(ref, text) for ref in found.refs)
        return Offer(items, texts.names_state(found, kind, text))

    def request(self, text: str) -> None:
        if kind := self._kind():
            self._search.request(kind, text)

    def cancel(self, text: str) -> None:
        if kind := self._kind():
            self._search.cancel(kind, text)


def _ref_suggestion(ref: GitRef, text: str) -> Suggestion:
    shown = ref.name[:12] if ref.kind == "commit" else ref.name
    flag = texts.ONLY_LOCAL if ref.on_server is False else ""
    return Suggestion(ref.name, shown, span_in(shown, text), flag, ref.subject)


class SuggestEntry(TextField):
    """A text field with a list of names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close_names", "Close the list", show=False),
        Binding("ctrl+@", "open_names", "Names that fit", show=False, key_display="ctrl+space"),
        Binding("ctrl+space,alt+down", "open_names", show=False),
    ]

    @property
    def row(self) -> "SuggestRow":
        assert isinstance(self.parent, SuggestRow)  # noqa: S101, no other makes such an entry
        return self.parent

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "close_names" or self.row.is_open

    def action_close_names(self) -> None:
        self.row.close()

    def action_open_names(self) -> None:
        self.row.open()


class SuggestRow(TextRow):
    """A text field whose list of names drops down as soon as something is typed. A name replaces
    the text only when it is chosen.

    The keys that move the focus are the screen's, which calls `step` and `accept` first.
    """

    ENTRY = SuggestEntry

    def __init__(
        self,
        field: str,
        label: str,
        read: Callable[[], str],
        write: Callable[[str], None],
        source: SuggestionSource,
        *,
        placeholder: str = "",
        hint: str = "",
        note: str = "",
    ) -> None:
        super().__init__(field, label, read, write, placeholder=placeholder, hint=hint, note=note)
        self.is_open = False
        self.source = source
        self._list: Suggestions | None = None
        self._wanted = ""

    def step(self, steps: int) -> bool:
        """Move in the list, by a page if `steps` are several. Returns False if no list is open."""
        if not (self.is_open and self._list and self._list.offer.items):
            return False
        self._list.step(steps if abs(steps) == 1 else steps // abs(steps) * self._list.page)
        return True

    def accept(self) -> None:
        """Close the list and take the highlighted name, if there is one."""
        value = self._list.highlighted if self.is_open and self._list else None
        self.close()
        if value is not None:
            self._put(value)

    def take(self) -> bool:
        is_new = super().take()
        if is_new and self.screen.focused is self.input:
            self.open()
        return is_new

    def open(self) -> None:
        """Drop the list down for the text, with no name highlighted; with all names if the text is
        selected, as the next key replaces it."""
        if not self.is_attached:
            return  # the app is about to end
        if self._list is None:
            add_sheets(self.app.stylesheet, ["suggest"])
            self._list = Suggestions()
            self.mount(self._list)
        self.is_open = True
        value = self.input.value
        self._wanted = "" if self.input.selected_text == value else value
        self.source.request(self._wanted)
        self._show(self._list, reset=True)

    def close(self) -> None:
        """Hide the list; the text stays."""
        if self.is_open and self._list:
            self.is_open = False
            self._list.display = False
            self.source.cancel(self._wanted)

    def refresh_names(self) -> None:
        """Show what the source knows now, and keep the highlight."""
        if self.is_open and self._list:
            self._show(self._list, reset=False)

    def _show(self, names: Suggestions, *, reset: bool) -> None:
        names.show(self.source.offer(self._wanted), reset=reset)
        width = self.size.width
        x = max(0, min(self.label_width - EDGE, width - MIN_LIST_CELLS))
        below = self.screen.size.height - BELOW_FORM - self.region.bottom
        names.drop(x, width - x, above=self.region.y, below=below)

    def on_resize(self) -> None:
        self.refresh_names()

    def _put(self, value: str) -> None:
        self.input.value = value
        self.input.cursor_position = len(value)
        super().take()

    @on(Suggestions.Chosen)
    def _clicked(self, event: Suggestions.Chosen) -> None:
        event.stop()
        self.close()
        self._put(event.value)

    @on(Input.Blurred)
    def _blurred(self) -> None:
        self.close()
