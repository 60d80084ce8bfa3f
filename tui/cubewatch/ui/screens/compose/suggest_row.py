"""SuggestRow: a line of text that is completed from names while one types."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from cubewatch.model.git_ref import GitRef
from cubewatch.model.ranking import Names, span_in
from cubewatch.model.request import RevisionKind
from cubewatch.refs.search import Found, RefSearch
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose.text_row import Entry, TextRow
from cubewatch.ui.widgets.suggestions import EDGE, Offer, Suggestion, Suggestions

LEAST_CELLS = 44
"""A list is wider than its field where that is narrower."""
BELOW_FORM = 2
"""Lines at the bottom of the screen that stay in sight: what is wrong, and the keys."""
MOST_NAMES = 200

ONLY_LOCAL = "! only local"
ASKING = "asking…"
MANY: dict[RevisionKind, str] = {"branch": "branches", "tag": "tags", "commit": "commits"}


class Source(Protocol):
    """Where the names of a field come from."""

    def offer(self, text: str) -> Offer:
        """What is known now of the names that fit `text`, without waiting for anything."""

    def want(self, text: str) -> None:
        """Somebody waits for the names that fit `text`. Whoever learns more calls `renew`."""

    def rest(self, text: str) -> None:
        """Nobody waits for them any more."""


class KnownNames:
    """A source that has all its names, those first that come first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = Names((name, name) for name in names)

    def offer(self, text: str) -> Offer:
        found = [name for tier in self._names.tiers(text) for name in tier][:MOST_NAMES]
        return Offer(tuple(Suggestion(name, name, span_in(name, text)) for name in found))

    def want(self, text: str) -> None:
        """There is nothing to ask."""

    def rest(self, text: str) -> None:
        """There was nothing to ask."""


class RefSource:
    """A source of the refs of one kind; which one is asked for whenever it matters."""

    def __init__(self, search: RefSearch, kind: Callable[[], RevisionKind | None]) -> None:
        self._search = search
        self._kind = kind

    def offer(self, text: str) -> Offer:
        if not (kind := self._kind()):
            return Offer()
        found = self._search.found(kind, text)
        if kind == "commit" and not found.count:
            return Offer()  # nobody knows all commits
        items = tuple(_ref_suggestion(ref, text) for ref in found.refs)
        return Offer(items, state_words(found, kind, text))

    def want(self, text: str) -> None:
        if kind := self._kind():
            self._search.want(kind, text)

    def rest(self, text: str) -> None:
        if kind := self._kind():
            self._search.rest(kind, text)


def _ref_suggestion(ref: GitRef, text: str) -> Suggestion:
    shown = ref.name[:12] if ref.kind == "commit" else ref.name
    flag = ONLY_LOCAL if ref.on_server is False else ""
    return Suggestion(ref.name, shown, span_in(shown, text), flag, ref.subject)


def state_words(found: Found, kind: RevisionKind, text: str) -> str:
    """How complete the names are that were found for `text`, in one inert line."""
    many = MANY[kind]
    if found.asking:
        return ASKING
    if found.trouble and found.count:
        return f"{found.trouble}: only local {many}"
    if not found.count:
        none = f"no {kind} holds '{inert(text)}'" if text else f"no {many}"
        if found.trouble:
            return f"{found.trouble}: {none} here"
        return f"{none} that is known here, the server has more" if found.more else none
    if found.more:
        return f"{found.count:,} {many} known here, the server has more: type on"
    return f"{found.count:,} {many}" if found.count > 1 else f"1 {kind}"


class SuggestEntry(Entry):
    """An entry with a list of names."""

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
    """A list of names drops down as soon as something is typed. A name is taken only by a key
    for it: what was typed stays as it is otherwise.

    The keys that move the focus belong to the screen, which first asks `step` and `accept`.
    """

    ENTRY = SuggestEntry

    def __init__(
        self,
        field: str,
        label: str,
        value: str,
        write: Callable[[str], None],
        source: Source,
        *,
        placeholder: str = "",
        hint: str = "",
        note: str = "",
    ) -> None:
        super().__init__(field, label, value, write, placeholder=placeholder, hint=hint, note=note)
        self.is_open = False
        self.source = source
        self._list = Suggestions()
        self._wanted = ""

    def step(self, steps: int) -> bool:
        """Moves in the list, by a page of it if `steps` are several. False: there is none, and
        the key is for somebody else."""
        if not (self.is_open and self._list.offer.items):
            return False
        self._list.step(steps if abs(steps) == 1 else steps // abs(steps) * self._list.page)
        return True

    def accept(self) -> None:
        """Closes the list; a name that is highlighted in it is taken."""
        value = self._list.highlighted if self.is_open else None
        self.close()
        if value is not None:
            self._put(value)

    def take(self) -> None:
        typed = self.input.value != self._seen
        super().take()
        if typed and self.screen.focused is self.input:
            self.open()

    def open(self) -> None:
        """Drops the list down for what is typed by now, with no name highlighted; for all names
        where the next key replaces what is there."""
        if not self.is_attached:
            return  # the app is about to end
        if not self._list.is_attached:
            self.mount(self._list)
        self.is_open = True
        value = self.input.value
        self._wanted = "" if self.input.selected_text == value else value
        self.source.want(self._wanted)
        self._show(anew=True)

    def close(self) -> None:
        """Hides the list, and what was typed stays."""
        if self.is_open:
            self.is_open = False
            self._list.display = False
            self.source.rest(self._wanted)

    def renew(self) -> None:
        """Shows what the source knows by now, and keeps what is highlighted."""
        if self.is_open:
            self._show(anew=False)

    def _show(self, *, anew: bool) -> None:
        self._list.show(self.source.offer(self._wanted), anew=anew)
        width = self.size.width
        x = max(0, min(self.label_width - EDGE, width - LEAST_CELLS))
        below = self.screen.size.height - BELOW_FORM - self.region.bottom
        self._list.drop(x, width - x, above=self.region.y, below=below)

    def on_resize(self) -> None:
        self.renew()

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
    def _deserted(self) -> None:
        self.close()
