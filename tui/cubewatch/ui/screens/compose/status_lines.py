"""The title line and the status lines of the form."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from cubewatch.model.draft import WORKFLOWS, Checked, Problem
from cubewatch.ui.screens.compose import texts
from cubewatch.watch.submission import Submission


def status_lines(
    submission: Submission, checked: Checked, summary: str, *, is_reading: bool, typing: str = ""
) -> list[Content]:
    """The status lines: what is being done; else a line for each of: the first problem (but not
    that an empty form is empty), the first warning, what would run. `typing` is a field whose text
    is not finished, so that nothing is wrong with it yet."""
    phase = submission.phase
    if phase == "confirming":
        return [Content.assemble((f"! {texts.CONFIRMING}", "$warning"))]
    if phase in ("checking", "sending"):
        text = texts.SENDING if phase == "sending" else texts.CHECKING
        return [Content.assemble((text, "bold"))]
    if phase == "sent":
        return [Content.assemble((texts.SENT, "$success"))]
    if phase == "waiting" or (is_reading and not checked.problems):
        text = texts.WILL_SEND if phase == "waiting" else texts.CONFIG_UNREAD
        return [Content.assemble((text, "dim"))]
    is_empty = [problem.field for problem in checked.problems] == [WORKFLOWS]
    hides_problem = is_empty and checked.warnings and not submission.is_refused
    problems = [one for one in checked.problems if one.field != typing and not hides_problem]
    lines = [_first("✗", "$error", problems)] if problems else []
    if checked.warnings:
        lines.append(_first("!", "$warning", checked.warnings))
    if checked.request:
        lines.append(Content.assemble((texts.READY, "bold"), (summary, "dim")))
    return lines


def _first(sign: str, style: str, found: Sequence[Problem]) -> Content:
    more = f" (+{len(found) - 1} more)" if len(found) > 1 else ""
    return Content.assemble((f"{sign} {found[0].text}", style), (more, "dim"))


class StatusLines(Widget):
    """Lines of text, repainted only when they differ. Each has one row; the last one has all rows
    that are left. What does not fit is cut with an ellipsis."""

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id)
        self._shown: list[Content] = []

    def show(self, *lines: Content) -> None:
        if (shown := [*lines]) != self._shown:
            self._shown = shown
            self.refresh()

    def render(self) -> Content:
        width, height = self.size
        *first, last = self._shown[:height] or [Content("")]
        room = height - len(first)
        rows = last.wrap(width) if width else []
        if len(rows) > room:
            rows[room - 1 :] = [Content(" ").join(rows[room - 1 :])]
        return Content("\n").join(row.truncate(width, ellipsis=True) for row in (*first, *rows))


class TitleLine(Widget):
    """The product and the repository on the left, the API's host and state on the right."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self._host = host
        self._shown = ("", "")

    def show(self, repository: str, api_state: str) -> None:
        if (repository, api_state) != self._shown:
            self._shown = (repository, api_state)
            self.refresh()

    def render(self) -> Content:
        repository, api_state = self._shown
        left = Content.assemble(("cubewatch", "bold $accent"), "  ", repository)
        right = Content.assemble((f"{self._host}  {api_state}".rstrip(), "dim"))
        gap = self.size.width - left.cell_length - right.cell_length
        return left if gap < 2 else Content.assemble(left, " " * gap, right)
