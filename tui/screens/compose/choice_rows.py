"""Rows in which something is chosen: one of a few words, or yes and no."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from tui.screens.compose.rows import KeyRow


class ChoiceRow(KeyRow):
    """One of a few words. All are shown where there is room, else only the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "Next choice", show=False),
        Binding("left", "step(-1)", "Previous choice", show=False),
    ]

    def __init__(
        self,
        field: str,
        label: str,
        options: tuple[str, ...],
        chosen: str,
        write: Callable[[str], None],
        *,
        hint: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.options = options
        self.chosen = chosen
        self._write = write

    def tail(self) -> Content:
        selected = "reverse" if self.has_focus else "bold"
        if not self._fits():
            return Content.assemble(("‹ ", "dim"), (self.chosen, selected), (" ›", "dim"))
        parts = [
            Content.assemble(("● " + option, selected))
            if option == self.chosen
            else Content.assemble(("○ ", "dim"), option)
            for option in self.options
        ]
        return Content(" ").join(parts)

    def _fits(self) -> bool:
        return self.label_width + sum(cell_len(option) + 3 for option in self.options) <= (
            self.size.width + 1
        )

    def _spans(self) -> Iterator[tuple[int, int, str]]:
        start = self.label_width
        for option in self.options:
            end = start + cell_len(option) + 3
            yield start, end, option
            start = end

    def show(self, option: str) -> None:
        """Choose `option` without telling: the state has it already."""
        if option != self.chosen:
            self.chosen = option
            self.refresh()

    def choose(self, option: str) -> None:
        """Choose `option`, and tell if it was another one before."""
        if option != self.chosen:
            self.chosen = option
            self._write(option)
            self.refresh()
            self.post_message(self.Changed(self))

    def action_step(self, steps: int) -> None:
        place = (self.options.index(self.chosen) + steps) % len(self.options)
        self.choose(self.options[place])

    def on_click(self, event: events.Click) -> None:
        if not self._fits():
            self.action_step(1)
            return
        for start, end, option in self._spans():
            if start <= event.x < end:
                self.choose(option)


class TickRow(KeyRow):
    """A box to tick. `note` says more about it, dim."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "Tick or untick", show=False),
        Binding("right", "set(True)", "Tick", show=False),
        Binding("left", "set(False)", "Untick", show=False),
    ]

    def __init__(
        self,
        field: str,
        label: str,
        text: str,
        ticked: bool,
        write: Callable[[bool], None],
        *,
        hint: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.text = text
        self.ticked = ticked
        self.note = ""
        self._write = write

    def tail(self) -> Content:
        box = "[x]" if self.ticked else "[ ]"
        style = "reverse" if self.has_focus else "bold" if self.ticked else ""
        text = (self.text, "bold" if self.ticked else "")
        note = (f"  {self.note}" if self.note else "", "dim")
        return Content.assemble((box, style), " ", text, note)

    def set_note(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self.refresh()

    def set_ticked(self, ticked: bool) -> None:
        """Tick or untick the box without telling: the state has it already."""
        if ticked != self.ticked:
            self.ticked = ticked
            self.refresh()

    def action_flip(self) -> None:
        self.action_set(not self.ticked)

    def action_set(self, ticked: bool) -> None:
        if ticked != self.ticked:
            self.ticked = ticked
            self._write(ticked)
            self.refresh()
            self.post_message(self.Changed(self))

    def on_click(self) -> None:
        self.action_flip()
