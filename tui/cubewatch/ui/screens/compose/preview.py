"""Preview: the request as the body that will be sent, and as the graph that will run."""

import json
import re
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cubewatch.model.config import CiConfig
from cubewatch.model.request import RunRequest
from cubewatch.model.secrecy import masked
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.plan import plan_text

_KEY = re.compile(r'"[a-z_]+"(?=: )')
FRAME_CELLS = 5
"""Cells of a line that the frame, its padding and a scrollbar take."""


class PreviewContent(NamedTuple):
    """The content of the preview. `request` is what would be sent so far, `is_ready` if it may be;
    `summary` says it in one line. `no_plan` stands in place of the plan if `config` is None."""

    api_path: str
    summary: str
    request: RunRequest | None
    is_ready: bool
    config: CiConfig | None
    no_plan: str
    warnings: tuple[str, ...]
    quotas: tuple[str, ...] = ()


class Preview(VerticalScroll):
    """The body and the plan, one below the other, that scroll together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="preview")
        self._body = Static(id="body", markup=False)
        self._plan = Static(id="plan", markup=False)
        self._shown: PreviewContent | None = None

    def compose(self) -> ComposeResult:
        self._body.border_title = texts.WILL_BE_SENT
        self._plan.border_title = texts.WILL_RUN
        yield self._body
        yield self._plan

    def show(self, content: PreviewContent) -> None:
        if content != self._shown:
            self._shown = content
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width - FRAME_CELLS
        if width > 0 and (content := self._shown):
            self._body.update(body_text(content, width))
            self._plan.update(_plan(content, width))


def _plan(content: PreviewContent, width: int) -> Content:
    """The summary, all warnings, and the graph."""
    lines = [Content.assemble((content.summary, "italic"))] if content.summary else []
    lines += [Content.assemble((f"! {text}", "$warning")) for text in content.warnings]
    plan = plan_text(content.request, content.config, content.no_plan, width)
    return Content("\n").join([*lines, Content(""), plan] if lines else [plan])


def body_text(content: PreviewContent, width: int) -> Content:
    """The call and its body, laid out to be read: the same JSON value as the bytes that are sent,
    except for secrets. What could control a terminal is written as JSON escapes."""
    lines = [Content.assemble((f"POST {content.api_path}/cicd/runs", "bold"))]
    if not content.is_ready:
        lines.append(Content.assemble((texts.NOT_COMPLETE, "$warning")))
    if request := content.request:
        shown = masked(request)
        text = pretty(json.loads(shown.body()), width)
        lines.append(Content(text).highlight_regex(_KEY, style="$accent"))
        if shown != request:
            lines.append(Content.assemble((texts.SENT_AS_TYPED, "dim")))
    lines += [Content.assemble((text, "dim")) for text in content.quotas]
    return Content("\n").join(lines)


def pretty(value: object, width: int, indent: str = "", key: str = "") -> str:
    """JSON with every value that fits on one line. `key` is the text before it on its line."""
    flat = key + _json(value)
    if len(indent) + cell_len(flat) < width or not isinstance(value, dict | list):
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [pretty(item, width, inner, f"{_json(key)}: ") for key, item in value.items()]
    else:
        lines = [pretty(item, width, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    body = ",\n".join(inner + line for line in lines)
    return f"{key}{opening}\n{body}\n{indent}{closing}"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if inert(char) == char else json.dumps(char)[1:-1] for char in text)
