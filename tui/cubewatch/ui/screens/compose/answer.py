"""AnswerPanel: why a request that was sent has brought no run."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cubewatch.api.errors import ApiError
from cubewatch.text.sanitize import inert

NEVER_AGAIN = (
    "The run may exist. Nothing is sent again by itself: only your ctrl+r sends once more."
)
DETAILS = ("error_code", "message", "request_id", "details")


class AnswerPanel(VerticalScroll):
    """All that is known of an error; the fields behind it stay as they are."""

    BORDER_TITLE = "Not started"
    BORDER_SUBTITLE = "esc close"

    def __init__(self, text: Content) -> None:
        super().__init__(id="answer")
        self._text = text

    def compose(self) -> ComposeResult:
        yield Static(self._text, markup=False)


def error_text(error: ApiError) -> Content:
    """What happened, what it means, what to do, and the server's own words."""
    parts = [Content.assemble((f"✗ {error.what}", "bold $error")), Content(error.meaning)]
    parts += [Content.assemble((NEVER_AGAIN, "bold"))] if error.sent else []
    return Content("\n").join(
        (*parts, Content.assemble(("→ ", "bold"), error.advice), *_details(error))
    )


def _details(error: ApiError) -> Iterator[Content]:
    """The four parts of an error body, those that are there."""
    width = max(map(len, DETAILS)) + 2
    for name in DETAILS:
        lines = str(getattr(error, name)).splitlines()
        for number, line in enumerate(lines):
            label = "" if number else name
            yield Content.assemble((label.ljust(width), "dim"), line)


def unsent_text(trouble: Exception) -> Content:
    """The same where not even the way to the API could be made."""
    lines = (
        Content.assemble(("✗ The API can't be asked from here", "bold $error")),
        Content(f"{inert(str(trouble))}: nothing was sent."),
        Content.assemble(("→ ", "bold"), "cubewatch doctor may say more."),
    )
    return Content("\n").join(lines)


def fault_text(fault: BaseException) -> Content:
    """The same for a mistake of this program, after which nobody knows what was sent."""
    return Content("\n").join(
        (
            Content.assemble(("✗ cubewatch made a mistake while sending", "bold $error")),
            Content(f"{type(fault).__name__}: {fault}"),
            Content.assemble((NEVER_AGAIN, "bold")),
        )
    )
