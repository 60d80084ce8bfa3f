"""The row of an input: a line of text, a list where the config names options, a box where it is
true or false."""

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from cubewatch.model.draft import input_field
from cubewatch.model.secrecy import looks_secret
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.choice_rows import ChoiceRow, TickRow
from cubewatch.ui.screens.compose.rows import Row
from cubewatch.ui.screens.compose.state import InputState
from cubewatch.ui.screens.compose.suggest_row import KnownNames, SuggestRow
from cubewatch.ui.screens.compose.text_row import TextRow

MOST_CELLS = 40
"""What the options of an input may take on one line; more are a list."""

LEAVING: list[BindingType] = [
    Binding("backspace,delete", "leave_it", "Leave it to the server", show=False),
]


class InputRows:
    """Makes the row of an input and keeps it for as long as it fits what is known of the input."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Row, InputState]] = {}

    def known(self, field: str) -> Row | None:
        """The row of a field, if there has been one."""
        row, _ = self._made.get(field, (None, None))
        return row

    def row(self, workflow: str, one: InputState) -> Row:
        """The row of an input of `workflow`, described as the input is now."""
        field = input_field(workflow, one.name)
        kind = _kind(one)
        row, known = self._made.get(field, (None, None))
        if row is None or known is not one or not isinstance(row, kind):
            row = kind(field, one)
            self._made[field] = (row, one)
        row.set_suffix(words.REQUIRED if one.spec and one.spec.required else "")
        row.hint = words.input_hint(one)
        if isinstance(row, TextInputRow):
            row.input.placeholder = words.input_placeholder(one)
        elif isinstance(row, OptionRow | OptionListRow):
            row.offer()
        elif isinstance(row, SwitchRow):
            row.say()
        return row


class TextInputRow(TextRow):
    """Text. What looks like a secret is drawn as dots."""

    def __init__(self, field: str, one: InputState) -> None:
        super().__init__(field, words.input_label(one), one.value or "", self._take)
        self._one = one
        self.input.password = looks_secret(one.name)

    def _take(self, text: str) -> None:
        self._one.put(text or None)
        self.input.placeholder = words.input_placeholder(self._one)


class OptionRow(ChoiceRow):
    """One of the options; the default, which is not sent, comes by itself. Backspace leaves it to
    the server."""

    BINDINGS: ClassVar[list[BindingType]] = LEAVING

    def __init__(self, field: str, one: InputState) -> None:
        self._one = one
        self._foreign: dict[str, str] = {}
        """A value that is none of the options, by how it is shown."""
        super().__init__(field, words.input_label(one), (), None, self._take)

    def offer(self) -> None:
        """Show the options and the value that the input has now."""
        spec, value = self._one.spec, self._one.value
        options = [] if spec is None else [*spec.options]
        if value is not None and inert(value) not in options:
            options.append(inert(value))
            self._foreign = {inert(value): value}
        default = spec.default if spec and spec.default in options else None
        self.options = tuple(options)
        chosen = default if value is None else inert(value)
        self.chosen = None if self._one.is_missed else chosen
        self.unchosen = words.nothing_chosen(self._one)
        self.refresh()

    def action_leave_it(self) -> None:
        self._one.put(None)
        self.offer()
        self.post_message(self.Changed(self))

    def _take(self, word: str) -> None:
        self._one.put(None if word == self._one.default else self._foreign.get(word, word))


class OptionListRow(SuggestRow):
    """More options than fit on a line: a list that drops down. What is none of them can be
    written too."""

    def __init__(self, field: str, one: InputState) -> None:
        label = words.input_label(one)
        super().__init__(field, label, one.value or "", self._take, KnownNames(()))
        self._one = one
        self.input.password = looks_secret(one.name)

    def offer(self) -> None:
        """Show the options that the input has now."""
        spec = self._one.spec
        self.source = KnownNames(spec.options if spec else ())
        self.input.placeholder = words.options_placeholder(self._one)

    def _take(self, text: str) -> None:
        self._one.put(text or None)


class SwitchRow(TickRow):
    """True or false. As the default has it, it is not sent; backspace leaves it to the server."""

    BINDINGS: ClassVar[list[BindingType]] = LEAVING

    def __init__(self, field: str, one: InputState) -> None:
        self._one = one
        super().__init__(field, words.input_label(one), "", False, self._take)

    def say(self) -> None:
        """Show the value that the input has now."""
        value, (on, off) = self._one.value, self._words
        self.ticked = (self._one.default if value is None else value) == on
        self.text = on if self.ticked else off
        if value is None:
            self.text = words.nothing_ticked(self._one)
        self.refresh()

    def action_set(self, ticked: bool) -> None:
        """Also what the box shows already has to be said where nothing comes by itself."""
        self._take(ticked)
        self.post_message(self.Changed(self))

    def action_leave_it(self) -> None:
        self._one.put(None)
        self.say()
        self.post_message(self.Changed(self))

    @property
    def _words(self) -> tuple[str, str]:
        """What is sent for true and for false."""
        return self._one.spec.on_off if self._one.spec else ("true", "false")

    def _take(self, ticked: bool) -> None:
        word = self._words[0 if ticked else 1]
        self._one.put(None if word == self._one.default else word)
        self.say()


def _kind(
    one: InputState,
) -> type[TextInputRow] | type[OptionRow] | type[OptionListRow] | type[SwitchRow]:
    """A box can show only what it would send itself."""
    is_secret = looks_secret(one.name) and one.value is not None
    if one.spec and one.spec.options and not (is_secret and one.value not in one.spec.options):
        cells = sum(cell_len(option) + OptionRow.AROUND for option in one.spec.options)
        return OptionRow if cells <= MOST_CELLS else OptionListRow
    fits = one.spec and one.spec.is_boolean and one.value in (None, *one.spec.on_off)
    return SwitchRow if fits else TextInputRow
