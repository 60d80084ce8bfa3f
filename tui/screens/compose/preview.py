"""Preview: what the form amounts to, as the body that goes out and as the graph that will run."""

import json
import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.domain.ci_config import CiConfig, CubeSpec, TaskSpec, WorkflowSpec
from tui.domain.inert import inert
from tui.domain.request import RunRequest

_KEY = re.compile(r'"[a-z_]+"(?=: )')
FRAME_CELLS = 5
"""What a frame, the space inside it and a scrollbar take of a line."""

_TASK_CELLS = 14
"""The widest name of a task that has its cubes beside it."""


class Preview(VerticalScroll):
    """Two parts, one below the other, that scroll together."""

    def __init__(self, api_path: str) -> None:
        super().__init__(id="preview")
        self._call = f"POST {api_path}/cicd/runs"
        self._body = Static(id="body", markup=False)
        self._plan = Static(id="plan", markup=False)
        self._shown: tuple[RunRequest | None, bool, CiConfig | None, str] | None = None

    def compose(self) -> ComposeResult:
        self._body.border_title = "What will be sent"
        self._plan.border_title = "What will run"
        yield self._body
        yield self._plan

    def show(
        self, request: RunRequest | None, *, ready: bool, config: CiConfig | None, silence: str
    ) -> None:
        """`ready`: `request` goes out as it is. `silence` stands for a plan nobody knows."""
        shown = (request, ready, config, silence)
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width - FRAME_CELLS
        if width > 0 and self._shown:
            request, ready, config, silence = self._shown
            self._body.update(body_text(self._call, request, ready, width))
            self._plan.update(plan_text(request, config, silence, width))


def body_text(call: str, request: RunRequest | None, ready: bool, width: int) -> Content:
    """The call and its body, laid out to be read: the same JSON value as the bytes that go out.

    What could steer a terminal is written as JSON escapes.
    """
    lines = [Content.assemble((call, "bold"))]
    if not ready:
        lines.append(Content.assemble(("not complete yet", "$warning")))
    if request:
        text = pretty(json.loads(request.body()), width)
        body = Content(text).highlight_regex(_KEY, style="$accent")
        lines.append(body)
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


def plan_text(
    request: RunRequest | None, config: CiConfig | None, silence: str, width: int
) -> Content:
    """Tasks and cubes of the chosen workflows and what they need."""
    if request is None:
        return Content.assemble(("no workflow is chosen", "dim"))
    if config is None:
        return Content.assemble((silence, "dim"))
    lines: list[Content] = []
    for workflow in request.workflows:
        lines.append(Content.assemble((inert(workflow.name), "bold")))
        if spec := config.workflow(workflow.name):
            lines += _workflow_lines(spec, width)
        else:
            lines.append(Content.assemble(("  not in the config", "dim")))
    return Content("\n").join(lines)


def _workflow_lines(spec: WorkflowSpec, width: int) -> list[Content]:
    if not spec.tasks:
        return [Content.assemble(("  no task", "dim"))]
    column = min(_TASK_CELLS, max(cell_len(task.name) for task in spec.tasks)) + 4
    return [line for task in spec.tasks for line in _task_lines(task, column, width)]


def _task_lines(task: TaskSpec, column: int, width: int) -> list[Content]:
    name = Content(f"  {task.name}")
    after = f"after {', '.join(task.needs)}" if task.needs else ""
    texts = [(line, "dim") for line in _wrapped(after.split(), width - column)]
    texts += [(line, "") for line in _wrapped(_chain(task.cubes), width - column)]
    lines = [Content.assemble(" " * column, text) for text in texts]
    if not lines or name.cell_length >= column:
        return [name, *lines]
    first = name + Content(" " * (column - name.cell_length))
    return [first + Content.assemble(texts[0]), *lines[1:]]


def _chain(cubes: Sequence[CubeSpec]) -> list[str]:
    """Words like `compile → unit, lint → package`: cubes that wait for the same depth of others
    stand together."""
    words: list[str] = []
    for stage in stages(cubes):
        words += ["→"] if words else []
        words += [f"{name}," for name in stage[:-1]] + [stage[-1]]
    return words


def stages(cubes: Sequence[CubeSpec]) -> list[list[str]]:
    """Names of cubes by how many others must end before, one after the other.

    Needs that are in a circle or name no cube are taken as met in the end.
    """
    left = {cube.name: set(cube.needs) for cube in cubes}
    for needs in left.values():
        needs &= left.keys()
    found: list[list[str]] = []
    while left:
        stage = [name for name, needs in left.items() if not needs & left.keys()] or list(left)
        found.append(stage)
        for name in stage:
            del left[name]
    return found


def _wrapped(words: Iterable[str], width: int) -> list[str]:
    """Words in lines of at most `width` cells, where a word is not longer itself."""
    lines: list[str] = []
    for word in words:
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
