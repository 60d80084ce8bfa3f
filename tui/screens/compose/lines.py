"""The first and the last line of the screen."""

from typing import Literal

from textual.content import Content
from textual.widget import Widget

from tui.domain.draft import Checked
from tui.screens.compose import words

Phase = Literal["reading", "editing", "sending", "sent"]
"""Before the config is read, while the person writes, under way, and once it has arrived."""


def status_text(checked: Checked, phase: Phase) -> Content:
    """One line: what is under way, else what is wrong first, else what to mind first."""
    if phase == "sending":
        return Content.assemble((words.SENDING, "bold"))
    if phase == "sent":
        return Content.assemble((words.SENT, "$success"))
    for sign, style, found in (
        ("✗", "$error", checked.problems),
        ("!", "$warning", checked.warnings),
    ):
        if found:
            more = f"  and {len(found) - 1} more" if len(found) > 1 else ""
            return Content.assemble((f"{sign} {found[0].text}", style), (more, "dim"))
    return Content.assemble((words.READY, "dim"))


class TitleLine(Widget):
    """The product and the repository on the left, the API's host on the right."""

    def __init__(self, repository: str, host: str) -> None:
        super().__init__()
        self._left = Content.assemble(("cubewatch", "bold $accent"), "  ", repository)
        self._right = Content.assemble((host, "dim"))

    def render(self) -> Content:
        gap = self.size.width - self._left.cell_length - self._right.cell_length
        if gap < 2:
            return self._left
        return Content.assemble(self._left, " " * gap, self._right)
