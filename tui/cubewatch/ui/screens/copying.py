"""CopyScreen: the request in a form that can be pasted elsewhere."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cubewatch.model.copies import Copy
from cubewatch.text.sanitize import inert_block
from cubewatch.ui.textual_internals import SteadyScreen

MASKED = "secrets are hidden here, but copied"


class CopyScreen(ModalScreen[None], SteadyScreen[None]):
    """A dialog with the request in several forms, and the highlighted one as text. `shown` are the
    copies without secrets; `note` is a warning about all of them."""

    SHEETS = ("dialogs",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+y", "dismiss", "Close"),
    ]

    def __init__(self, copies: Sequence[Copy], shown: Sequence[Copy], note: str) -> None:
        super().__init__()
        self._note = note
        self._copies = copies
        self._shown = shown
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="copies") as box:
            yield OptionList(*(Option(Content(copy.title)) for copy in self._copies), compact=True)
            yield VerticalScroll(self._text, id="pasted")
        box.border_title = "Copy as"
        box.border_subtitle = "enter copy · esc close"

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        copy = self._shown[event.option_index]
        masked = copy != self._copies[event.option_index]
        warnings = (copy.trouble, MASKED if masked else "", self._note)
        parts = [Content.assemble((f"! {warning}", "$warning")) for warning in warnings if warning]
        parts += [Content(inert_block(copy.text))] if copy.text else []
        self._text.update(Content("\n").join(parts))

    @on(OptionList.OptionSelected)
    def _copy(self, event: OptionList.OptionSelected) -> None:
        copy = self._copies[event.option_index]
        if copy.text:
            self.app.copy_to_clipboard(copy.text)
            self.notify(f"Copied as {copy.title}", markup=False)
            self.dismiss()
