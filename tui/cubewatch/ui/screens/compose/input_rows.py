"""The rows of inputs: a text field, a choice where the config names options, a box for booleans."""

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from cubewatch.model.draft import input_field
from cubewatch.model.form_state import InputField
from cubewatch.model.secrecy import looks_secret
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.choice_rows import ChoiceRow, TickRow
from cubewatch.ui.screens.compose.rows import FormRow
from cubewatch.ui.screens.compose.suggest_row import KnownNames, SuggestRow
from cubewatch.ui.screens.compose.text_row import TextRow

MAX_OPTION_CELLS = 40
"""How wide the options of an input may be on one line; wider ones become a list."""

LEAVE_BINDINGS: list[BindingType] = [
    Binding("backspace,delete", "clear", "Leave it to the server", show=False),
]


class InputRows:
    """The rows of all inputs, each kept for as long as its kind fits what is known of the input."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[FormRow, InputField]] = {}

    def known(self, field: str) -> FormRow | None:
        """The row of a field, if one was made."""
        row, _ = self._made.get(field, (None, None))
        return row

    def row(self, workflow: str, one: InputField) -> FormRow:
        """The row of an input of `workflow`, described as the input is now."""
        field = input_field(workflow, one.name)
        kind = _kind(one)
        row, known = self._made.get(field, (None, None))
        if row is None or known is not one or not isinstance(row, kind):
            row = kind(field, one)
            self._made[field] = (row, one)
        row.set_suffix(texts.REQUIRED if one.spec and one.spec.required else "")
        row.hint = texts.input_hint(one)
        if isinstance(row, TextInputRow):
            row.input.placeholder = texts.input_placeholder(one)
        elif isinstance(row, OptionRow | OptionListRow):
            row.refresh_options()
        elif isinstance(row, SwitchRow):
            row.refresh_value()
        return row


class TextInputRow(TextRow):
    """A text field for an input. What looks like a secret is drawn as dots."""

    def __init__(self, field: str, one: InputField) -> None:
        label = texts.input_label(one)
        super().__init__(field, label, lambda: one.value or "", self._take)
        self._one = one
        self.input.password = looks_secret(one.name)

    def _take(self, text: str) -> None:
        self._one.put(text or None)
        self.input.placeholder = texts.input_placeholder(self._one)


class OptionRow(ChoiceRow):
    """A choice between the options of an input. The default is not sent; backspace leaves the
    input to the server."""

    BINDINGS: ClassVar[list[BindingType]] = LEAVE_BINDINGS

    def __init__(self, field: str, one: InputField) -> None:
        self._one = one
        self._foreign: dict[str, str] = {}
        """Values that are none of the options, by how they are shown."""
        super().__init__(field, texts.input_label(one), (), None, self._take)

    def refresh_options(self) -> None:
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
        self.unchosen = texts.nothing_chosen(self._one)
        self.refresh()

    def action_clear(self) -> None:
        self._one.put(None)
        self.refresh_options()
        self.post_message(self.Changed(self))

    def _take(self, word: str) -> None:
        self._one.put(None if word == self._one.default else self._foreign.get(word, word))


class OptionListRow(SuggestRow):
    """A text field with a list of options, for more than fit on a line. Other values can be typed
    too."""

    def __init__(self, field: str, one: InputField) -> None:
        label = texts.input_label(one)
        super().__init__(field, label, lambda: one.value or "", self._take, KnownNames(()))
        self._one = one
        self.input.password = looks_secret(one.name)

    def refresh_options(self) -> None:
        """Show the options that the input has now."""
        spec = self._one.spec
        self.source = KnownNames(spec.options if spec else ())
        self.input.placeholder = texts.options_placeholder(self._one)

    def _take(self, text: str) -> None:
        self._one.put(text or None)


class SwitchRow(TickRow):
    """A box for a boolean input. The default is not sent; backspace leaves the input to the
    server."""

    BINDINGS: ClassVar[list[BindingType]] = LEAVE_BINDINGS

    def __init__(self, field: str, one: InputField) -> None:
        self._one = one
        super().__init__(field, texts.input_label(one), "", False, self._take)

    def refresh_value(self) -> None:
        """Show the value that the input has now."""
        value, (on, off) = self._one.value, self._words
        self.ticked = (self._one.default if value is None else value) == on
        self.text = on if self.ticked else off
        if value is None:
            self.text = texts.nothing_ticked(self._one)
        self.refresh()

    def action_set(self, ticked: bool) -> None:
        """Take the value even if the box shows it already: without a default it must be sent."""
        self._take(ticked)
        self.post_message(self.Changed(self))

    def action_clear(self) -> None:
        self._one.put(None)
        self.refresh_value()
        self.post_message(self.Changed(self))

    @property
    def _words(self) -> tuple[str, str]:
        """The values for true and for false."""
        return self._one.spec.on_off if self._one.spec else ("true", "false")

    def _take(self, ticked: bool) -> None:
        word = self._words[0 if ticked else 1]
        self._one.put(None if word == self._one.default else word)
        self.refresh_value()


def _kind(
    one: InputField,
) -> type[TextInputRow] | type[OptionRow] | type[OptionListRow] | type[SwitchRow]:
    """A box can show only what it would send itself."""
    is_secret = looks_secret(one.name) and one.value is not None
    if one.spec and one.spec.options and not (is_secret and one.value not in one.spec.options):
        cells = sum(cell_len(option) + OptionRow.AROUND for option in one.spec.options)
        return OptionRow if cells <= MAX_OPTION_CELLS else OptionListRow
    fits = one.spec and one.spec.is_boolean and one.value in (None, *one.spec.on_off)
    return SwitchRow if fits else TextInputRow
