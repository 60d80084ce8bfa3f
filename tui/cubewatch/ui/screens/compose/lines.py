"""The first and the last lines of the screen."""

from collections.abc import Sequence
from typing import Literal

from textual.content import Content
from textual.widget import Widget

from cubewatch.model.draft import WORKFLOWS, Checked, Problem
from cubewatch.ui.screens.compose import words

Phase = Literal["editing", "sending", "sent"]
"""While the person writes, under way, and once it has arrived."""


def status_lines(
    checked: Checked, phase: Phase, in_words: str, *, reading: bool, will_run: bool, insisted: bool
) -> list[Content]:
    """What is under way; else, a line each, what is wrong first (but for a form that is still
    empty), what to mind first, and what would run, in words. `will_run`: it is sent as soon as
    the config is read. `insisted`: the person wanted it sent as it is."""
    if phase == "sending":
        return [Content.assemble((words.SENDING, "bold"))]
    if phase == "sent":
        return [Content.assemble((words.SENT, "$success"))]
    if reading and (will_run or not checked.problems):
        return [Content.assemble((words.WILL_SEND if will_run else words.CONFIG_UNREAD, "dim"))]
    empty = [problem.field for problem in checked.problems] == [WORKFLOWS]
    wrong = () if empty and checked.warnings and not insisted else checked.problems
    lines = [_first("✗", "$error", wrong)] if wrong else []
    if checked.warnings:
        lines.append(_first("!", "$warning", checked.warnings))
    if checked.request:
        lines.append(Content.assemble((words.READY, "bold"), (in_words, "dim")))
    return lines


def _first(sign: str, style: str, found: Sequence[Problem]) -> Content:
    more = f" (+{len(found) - 1} more)" if len(found) > 1 else ""
    return Content.assemble((f"{sign} {found[0].text}", style), (more, "dim"))


class StatusLines(Widget):
    """Lines of text, written only when they are others. The last one has all rows that are left
    by the others, which have one each; what finds no room is cut with a sign."""

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id)
        self._said: list[Content] = []

    def say(self, *lines: Content) -> None:
        if (said := [*lines]) != self._said:
            self._said = said
            self.refresh()

    def render(self) -> Content:
        width, height = self.size
        *first, last = self._said[:height] or [Content("")]
        room = height - len(first)
        rows = last.wrap(width) if width else []
        if len(rows) > room:
            rows[room - 1 :] = [Content(" ").join(rows[room - 1 :])]
        return Content("\n").join(row.truncate(width, ellipsis=True) for row in (*first, *rows))


class TitleLine(Widget):
    """The product and the repository on the left, the API's host and how it stands to us right."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self._host = host
        self._shown = ("", "")

    def show(self, repository: str, standing: str) -> None:
        if (repository, standing) != self._shown:
            self._shown = (repository, standing)
            self.refresh()

    def render(self) -> Content:
        repository, standing = self._shown
        left = Content.assemble(("cubewatch", "bold $accent"), "  ", repository)
        right = Content.assemble((f"{self._host}  {standing}".rstrip(), "dim"))
        gap = self.size.width - left.cell_length - right.cell_length
        return left if gap < 2 else Content.assemble(left, " " * gap, right)
