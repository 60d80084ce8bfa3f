"""Rows in which something is chosen: one of a few words, or yes and no."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from cubewatch.ui.screens.compose.rows import KeyRow


class ChoiceRow(KeyRow):
    """A choice between a few words. `chosen` None: none of them, which `unchosen` explains. Where
    there is no room for all, only the chosen one is shown."""

    AROUND = 3
    """Cells of an option beside its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "Next choice", show=False),
        Binding("left,h", "step(-1)", "Previous choice", show=False),
    ]

    def __init__(
        self,
        field: str,
        label: str,
        options: tuple[str, ...],
        chosen: str | None,
        write: Callable[[str], None],
        *,
        hint: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.options = options
        self.chosen = chosen
        self.unchosen = ""
        self._write = write

    def tail(self) -> Content:
        selected = "reverse" if self.has_focus else "bold"
        none = (self.unchosen, "dim italic")
        if not self._fits():
            word = none if self.chosen is None else (self.chosen, selected)
            return Content.assemble(("‹ ", "dim"), word, (" ›", "dim"))
        parts = [
            Content.assemble(("● " + option, selected))
            if option == self.chosen
            else Content.assemble(("○ ", "dim"), option)
            for option in self.options
        ]
        if self.chosen is None:
            parts.append(Content.assemble(" ", none))
        return Content(" ").join(parts)

    def _fits(self) -> bool:
        return self.label_width + sum(
            cell_len(option) + self.AROUND for option in self.options
        ) <= (self.size.width + 1)

    def _spans(self) -> Iterator[tuple[int, int, str]]:
        start = self.label_width
        for option in self.options:
            end = start + cell_len(option) + self.AROUND
            yield start, end, option
            start = end

    def show(self, option: str) -> None:
        """Show `option` as chosen; nothing is written."""
        if option != self.chosen:
            self.chosen = option
            self.refresh()

    def choose(self, option: str) -> None:
        """Choose and write `option`."""
        if option != self.chosen:
            self.chosen = option
            self._write(option)
            self.refresh()
            self.post_message(self.Changed(self))

    def action_step(self, steps: int) -> None:
        """Choose another option; from none, the first or the last one."""
        start = 0 if steps < 0 else -1
        at = start if self.chosen is None else self.options.index(self.chosen)
        self.choose(self.options[(at + steps) % len(self.options)])

    def on_click(self, event: events.Click) -> None:
        if not self._fits():
            self.action_step(1)
            return
        for start, end, option in self._spans():
            if start <= event.x < end:
                self.choose(option)


class TickRow(KeyRow):
    """A box to tick, with a text and a dim note beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "Tick or untick", show=False),
        Binding("right,l", "set(True)", "Tick", show=False),
        Binding("left,h", "set(False)", "Untick", show=False),
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
        """Show the box ticked or not; nothing is written."""
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
