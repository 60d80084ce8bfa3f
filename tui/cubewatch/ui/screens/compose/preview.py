"""Preview: what the form amounts to, as the body that goes out and as the graph that will run."""

import json
import re
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cubewatch.model.config import CiConfig
from cubewatch.model.request import RunRequest
from cubewatch.model.secrecy import MASK, masked
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose.plan import plan_text

_KEY = re.compile(r'"[a-z_]+"(?=: )')
FRAME_CELLS = 5
"""What a frame, the space inside it and a scrollbar take of a line."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a form amounts to. `request` is what would be sent so far, `ready` if it may be;
    `words` says it in one line. `silence` stands for the plan of a `config` that nobody knows,
    `minds` are all that is to be minded."""

    api_path: str
    words: str
    request: RunRequest | None
    ready: bool
    config: CiConfig | None
    silence: str
    minds: tuple[str, ...]


class Preview(VerticalScroll):
    """Two parts, one below the other, that scroll together."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self._body = Static(id="body", markup=False)
        self._plan = Static(id="plan", markup=False)
        self._shown: Outlook | None = None

    def compose(self) -> ComposeResult:
        self._body.border_title = "What will be sent"
        self._plan.border_title = "What will run"
        yield self._body
        yield self._plan

    def show(self, outlook: Outlook) -> None:
        if outlook != self._shown:
            self._shown = outlook
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width - FRAME_CELLS
        if width > 0 and (outlook := self._shown):
            self._body.update(body_text(outlook, width))
            self._plan.update(_plan(outlook, width))


def _plan(outlook: Outlook, width: int) -> Content:
    """What would run in words, what is to be minded, and the graph."""
    words = [Content.assemble((outlook.words, "italic"))] if outlook.words else []
    words += [Content.assemble((f"! {mind}", "$warning")) for mind in outlook.minds]
    plan = plan_text(outlook.request, outlook.config, outlook.silence, width)
    return Content("\n").join([*words, Content(""), plan] if words else [plan])


def body_text(outlook: Outlook, width: int) -> Content:
    """The call and its body, laid out to be read: the same JSON value as the bytes that go out,
    but for what looks secret. What could steer a terminal is written as JSON escapes."""
    lines = [Content.assemble((f"POST {outlook.api_path}/cicd/runs", "bold"))]
    if not outlook.ready:
        lines.append(Content.assemble(("not complete yet", "$warning")))
    if request := outlook.request:
        shown = masked(request)
        text = pretty(json.loads(shown.body()), width)
        lines.append(Content(text).highlight_regex(_KEY, style="$accent"))
        if shown != request:
            lines.append(Content.assemble((f"{MASK} is sent as it was typed", "dim")))
    return Content("\n").join(lines)


def pretty(value: object, width: int, indent: str = "", key: str = "") -> str:
    """JSON that puts on one line what fits there; `key` is what stands before it already."""
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
