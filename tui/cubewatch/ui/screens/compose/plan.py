"""The plan: what the chosen workflows run, as the graph of their tasks and cubes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, chop_cells
from textual.content import Content

from cubewatch.model.config import CiConfig, CubeSpec, TaskSpec, WorkflowSpec
from cubewatch.model.request import RunRequest
from cubewatch.text.sanitize import inert

_TASK_CELLS = 14
"""The widest name of a task that has its cubes beside it."""

_NARROW = 44
"""Below this many cells cubes stand under the name of their task."""

_MIN_CELLS = 8
"""The least width of a line, however narrow the preview is."""

_MAX_DRAWN = 200
"""How many tasks of a workflow, and cubes of a task, are drawn."""

_MAX_LISTED = 20


def plan_text(
    request: RunRequest | None, config: CiConfig | None, no_plan: str, width: int
) -> Content:
    """Tasks and cubes of the chosen workflows and what they need, in `width` cells. `no_plan` is
    the text if there is no config."""
    if request is None:
        return Content.assemble(("no workflow is chosen", "dim"))
    if config is None:
        return Content.assemble((no_plan, "dim"))
    lines: list[Content] = []
    for workflow in request.workflows:
        lines.append(Content.assemble((inert(workflow.name), "bold")))
        if spec := config.workflow(workflow.name):
            lines += _workflow_lines(spec, width)
        else:
            lines.append(Content.assemble(("  not in the config", "dim")))
    return Content("\n").join(lines)


class _Graph:
    """The graph of needs between the tasks of a workflow or the cubes of a task.

    `stages` has all names that ever start, by how long the longest way to them is; `stuck` has
    those whose needs lead into a circle, and `missing` the needs that name none of them.
    """

    def __init__(self, nodes: Sequence[TaskSpec] | Sequence[CubeSpec]) -> None:
        names = {node.name for node in nodes}
        self.needs = {node.name: [n for n in node.needs if n in names] for node in nodes}
        absent = {node.name: [n for n in node.needs if n not in names] for node in nodes}
        self.missing = {name: needs for name, needs in absent.items() if needs}
        self.stages = _stages(self.needs)
        started = {name for stage in self.stages for name in stage}
        self.stuck = [name for name in self.needs if name not in started]


def _stages(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Names that wait for no other, then those that wait only for these, and so on. Within a
    stage they stand as in `needs`."""
    order = {name: position for position, name in enumerate(needs)}
    waiting = {name: set(wanted) for name, wanted in needs.items()}
    users: defaultdict[str, list[str]] = defaultdict(list)
    for name, wanted in waiting.items():
        for need in wanted:
            users[need].append(name)
    found: list[list[str]] = []
    stage = [name for name, wanted in waiting.items() if not wanted]
    while stage:
        found.append(stage)
        following: list[str] = []
        for done in stage:
            for user in users[done]:
                waiting[user].discard(done)
                if not waiting[user]:
                    following.append(user)
        stage = sorted(following, key=order.__getitem__)
    return found


def _workflow_lines(spec: WorkflowSpec, width: int) -> list[Content]:
    if not spec.tasks:
        return [Content.assemble(("  no task", "dim"))]
    graph = _Graph(spec.tasks)
    tasks = {task.name: task for task in spec.tasks}
    names = [name for stage in graph.stages for name in stage] + graph.stuck
    drawn = names[:_MAX_DRAWN]
    column = min(_TASK_CELLS, max(map(cell_len, drawn))) + 4 if width >= _NARROW else 4
    lines = [line for name in drawn for line in _task_lines(tasks[name], graph, column, width)]
    if more := len(names) - len(drawn):
        lines.append(Content.assemble((f"  and {more} tasks more", "dim")))
    return lines


def _task_lines(task: TaskSpec, graph: _Graph, column: int, width: int) -> list[Content]:
    """The name of a task and beside it, from `column` on, or below what there is to say."""
    room = max(_MIN_CELLS, width - column)
    said = [
        (line, style) for text, style in _task_texts(task, graph) for line in _lines(text, room)
    ]
    lines = [Content.assemble(" " * column, text) for text in said]
    names = [Content(f"  {line}") for line in _lines(task.name, max(_MIN_CELLS, width - 2))]
    if not lines or len(names) > 1 or names[0].cell_length >= column:
        return [*names, *lines]
    first = names[0] + Content(" " * (column - names[0].cell_length))
    return [first + Content.assemble(said[0]), *lines[1:]]


def _task_texts(task: TaskSpec, graph: _Graph) -> Iterator[tuple[str, str]]:
    """The texts about a task, with their styles."""
    if approval := task.approval:
        timeout = f" (within {approval.timeout})" if approval.timeout else ""
        note = f": {approval.note}" if approval.note else ""
        yield f"‖ waits for approval{timeout}{note}", "$warning"
    if needs := graph.needs[task.name]:
        yield f"after {_listed(needs)}", "dim"
    if missing := graph.missing.get(task.name):
        yield _missing(missing), "$warning"
    if task.name in graph.stuck:
        yield "never starts: its needs lead into a circle", "$warning"
    if len(task.cubes) > _MAX_DRAWN:
        yield f"{len(task.cubes)} cubes", ""
        return
    cubes = _Graph(task.cubes)
    yield _chain(cubes), ""
    for name, missing in cubes.missing.items():
        yield f"{name} {_missing(missing)}", "$warning"
    if cubes.stuck:
        starts = "never start: their" if cubes.stuck[1:] else "never starts: its"
        yield f"{_listed(cubes.stuck)} {starts} needs lead into a circle", "$warning"


def _chain(graph: _Graph) -> str:
    """Text like `compile → unit, lint → package`. An arrow says that all after it wait for all
    before it; of what waits for less it is said for what."""
    stages: list[str] = []
    before: set[str] = set()
    waits: dict[str, set[str]] = {}
    for stage in graph.stages:
        said: list[str] = []
        for name in stage:
            needs = graph.needs[name]
            waits[name] = set(needs).union(*(waits[need] for need in needs))
            less = waits[name] != before
            said.append(f"{name} (after {_listed(needs)})" if less else name)
        stages.append(", ".join(said))
        before.update(stage)
    return " → ".join(stages)


def _missing(names: Sequence[str]) -> str:
    return f"needs {_listed(names)}, which {'are' if names[1:] else 'is'} not there"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MAX_LISTED
    return ", ".join(names[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def _lines(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells. Words are broken only where one is longer."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines += chop_cells(word, width)
    return lines
