"""Reading `.sourcecraft/ci.yaml`: text in, a CiConfig out."""

from collections.abc import Iterator

from tui.domain.ci_config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from tui.domain.inert import inert
from tui.repo.yaml_tree import CiConfigError, Map, Node, read_tree

__all__ = ["CiConfigError", "read_ci_config"]

_TRUE = frozenset({"true", "yes", "on"})


def read_ci_config(text: str) -> CiConfig:
    """What a config says about composing a run.

    What has an unexpected shape is passed over, and so is a need that names no sibling; names
    and texts are made inert. Of siblings with the same name in a list the first counts. Raises
    CiConfigError for what is no YAML, for a key that stands twice in a map, for a config that is
    no map, and for text that is too big, too deep or too repetitive.
    """
    root = read_tree(text)
    if root is None:
        return CiConfig()
    if not isinstance(root, dict):
        raise CiConfigError("a config is a map with `workflows` in it", 1, 1)
    known = _named(root.get("tasks"))
    workflows = _named(root.get("workflows"))
    return CiConfig(tuple(_workflow(name, body, known) for name, body in workflows.items()))


def _workflow(name: str, body: Map, known: dict[str, Map]) -> WorkflowSpec:
    tasks = {task: known.get(task, {}) | entry for task, entry in _named(body.get("tasks")).items()}
    return WorkflowSpec(
        name,
        inputs=tuple(_input(*item) for item in _named(body.get("inputs")).items()),
        tasks=tuple(_task(task, entry, tasks) for task, entry in tasks.items()),
        shared=_is_true(_map(body.get("settings")).get("shared")),
    )


def _input(name: str, body: Map) -> InputSpec:
    default = body.get("default")
    return InputSpec(
        name,
        type=_line(body.get("type")) or "string",
        required=_is_true(body.get("required")),
        default=inert(default) if isinstance(default, str) else None,
        description=_line(body.get("description")),
        options=tuple(inert(option) for option in _texts(body.get("options"))),
    )


def _task(name: str, body: Map, siblings: dict[str, Map]) -> TaskSpec:
    cubes: list[CubeSpec] = []
    entries = _named(body.get("cubes"))
    for cube, entry in entries.items():
        before = (cubes[-1].name,) if cubes else ()
        needs = _needs(cube, entry, entries) if entry.get("needs") is not None else before
        cubes.append(CubeSpec(cube, needs))
    return TaskSpec(name, _needs(name, body, siblings), tuple(cubes))


def _needs(name: str, body: Map, siblings: dict[str, Map]) -> tuple[str, ...]:
    """Which siblings come first; `-`, which means none, names no sibling."""
    return tuple(need for need in _named(body.get("needs")) if need in siblings and need != name)


def _named(node: Node) -> dict[str, Map]:
    """Named entries with what stands under each name, in order. They are written as a map
    (`NAME: {…}`), as a list (`- name: NAME`, `- NAME`) or, if it is only one, as its name."""
    return dict(_entries(node))


def _entries(node: Node) -> Iterator[tuple[str, Map]]:
    if isinstance(node, dict):
        found = list(node.items())
    else:
        items = node if isinstance(node, list) else [node]
        found = [(_text(_map(item).get("name") or item), item) for item in items]
    seen: set[str] = set()
    for raw, body in found:
        name = inert(raw)
        if name.strip() and name not in seen:
            seen.add(name)
            yield name, _map(body)


def _map(node: Node) -> Map:
    return node if isinstance(node, dict) else {}


def _text(node: Node) -> str:
    return node if isinstance(node, str) else ""


def _texts(node: Node) -> list[str]:
    items = node if isinstance(node, list) else [node]
    return [item for item in items if isinstance(item, str)]


def _line(node: Node) -> str:
    """A text on one line, however many it is written on."""
    return inert(" ".join(_text(node).split()))


def _is_true(node: Node) -> bool:
    return _text(node).lower() in _TRUE
