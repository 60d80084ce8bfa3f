"""Reading `.sourcecraft/ci.yaml`: text in, a CiConfig out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from cubewatch.git.yaml_tree import CiConfigError, Map, Node, read_tree
from cubewatch.model.config import (
    ApprovalSpec,
    CiConfig,
    CubeSpec,
    InputSpec,
    TaskSpec,
    WorkflowSpec,
)
from cubewatch.text.sanitize import inert

__all__ = ["CiConfigError", "read_ci_config"]

_TRUE = frozenset({"true", "yes", "on"})
_NONE = "-"
"""What stands in `needs` for none at all."""

_MAX_STEPS = 16
"""How far `uses` is followed: what leads on further leads in a circle."""

_Read = TypeVar("_Read")
Named = Mapping[str, Map]


def read_ci_config(text: str) -> CiConfig:
    """The workflows, inputs and tasks of a config.

    `uses` is followed within the config. What has an unexpected shape is passed over. Texts are
    made inert, but for the names of workflows and inputs, which are sent as they are. Of siblings
    with the same name in a list the first counts. Raises CiConfigError for what is no YAML, for a
    key that stands twice in a map, for a config that is no map, and for text that is too big, too
    deep or too repetitive.
    """
    root = read_tree(text)
    if root is None:
        return CiConfig()
    if not isinstance(root, dict):
        raise CiConfigError("a config is a map with `workflows` in it", 1, 1)
    return _Reader(root).config()


class _Once(Generic[_Read]):
    """A cache of what `read` makes of each node, however many names lead to it."""

    def __init__(self, read: Callable[[Node], _Read]) -> None:
        self._read = read
        self._known: dict[int, tuple[Node, _Read]] = {}

    def __call__(self, node: Node) -> _Read:
        if id(node) not in self._known:
            self._known[id(node)] = node, self._read(node)
        return self._known[id(node)][1]


class _Reader:
    """Reads a CiConfig from a tree."""

    def __init__(self, root: Map) -> None:
        self._entries = _Once(_named)
        self._needs = _Once(_needs)
        self._cubes = _Once(_cubes)
        self._tasks = _Once(self._read_tasks)
        self._workflows = self._entries(root.get("workflows"))
        self._shared_tasks = self._entries(root.get("tasks"))
        self._tasks_in_place: dict[str, Map] = {}
        for body in self._workflows.values():
            for name, entry in self._entries(body.get("tasks")).items():
                if "cubes" in entry or _used(entry) not in ("", name):
                    self._tasks_in_place.setdefault(name, entry)

    def config(self) -> CiConfig:
        return CiConfig(tuple(self._workflow(*item) for item in self._workflows.items()))

    def _workflow(self, name: str, body: Map) -> WorkflowSpec:
        return WorkflowSpec(
            name,
            inputs=tuple(_input(*item) for item in self._entries(body.get("inputs")).items()),
            tasks=self._tasks(_followed("tasks", body, self._workflows)),
            shared=_is_true(_map(body.get("settings")).get("shared")),
        )

    def _read_tasks(self, node: Node) -> tuple[TaskSpec, ...]:
        siblings = self._entries(node)
        return tuple(self._task(name, body, siblings) for name, body in siblings.items())

    def _task(self, name: str, body: Map, siblings: Named) -> TaskSpec:
        """Reads a task, which is defined in place or shared under its name."""
        shared = self._shared_tasks.get(name, {})
        says = body if "cubes" in body or "uses" in body else shared
        cubes = _followed("cubes", says, siblings, self._shared_tasks, self._tasks_in_place)
        needs = body if body.get("needs") is not None else shared
        approval = _approval(body["approval"] if "approval" in body else shared.get("approval"))
        return TaskSpec(inert(name), self._needs(needs.get("needs")), self._cubes(cubes), approval)


def _followed(key: str, body: Map, *places: Named) -> Node:
    """The value of `key` in `body`, or else in what it uses, however far that leads: the first of
    `places` counts that has more than a name."""
    for _ in range(_MAX_STEPS):
        if (node := body.get(key)) is not None:
            return node
        name = _used(body)
        found = [place[name] for place in places if name in place and place[name] is not body]
        body = next((other for other in found if key in other or "uses" in other), {})
        if not body:
            break
    return None


def _approval(node: Node) -> ApprovalSpec | None:
    """`true`, `{}` or a map with more about it; `false`, nothing or anything else is none."""
    if isinstance(node, dict):
        return ApprovalSpec(_line(node.get("timeout")), _line(node.get("note")))
    return ApprovalSpec() if _is_true(node) else None


def _used(body: Map) -> str:
    return _text(body.get("uses"))


def _cubes(node: Node) -> tuple[CubeSpec, ...]:
    cubes: list[CubeSpec] = []
    for name, body in _named(node).items():
        needs = tuple(cube.name for cube in cubes[-1:])
        if body.get("needs") is not None:
            needs = _needs(body["needs"])
        cubes.append(CubeSpec(inert(name), needs))
    return tuple(cubes)


def _needs(node: Node) -> tuple[str, ...]:
    return tuple(inert(name) for name in _named(node) if name != _NONE)


def _input(name: str, body: Map) -> InputSpec:
    default = body.get("default")
    return InputSpec(
        name,
        type=_line(body.get("type")) or "string",
        required=_is_true(body.get("required")),
        default=inert(default) if isinstance(default, str) else None,
        description=_line(body.get("description")),
        options=_options(body),
    )


def _options(body: Map) -> tuple[str, ...]:
    """The values an input may have. One that can't be shown as it is is left out."""
    for key in ("options", "values", "enum"):
        found = dict.fromkeys(_text(item) for item in _flat(body.get(key)) if _text(item))
        if found:
            return tuple(option for option in found if inert(option) == option)
    return ()


def _named(node: Node) -> dict[str, Map]:
    """Named entries with what stands under each name, in order. They are written as a map
    (`NAME: {…}`), as a list (`- name: NAME`, `- uses: NAME`, `- NAME`, `- [NAME, NAME]`) or, if
    it is only one, as what stands in such a list."""
    entries: dict[str, Map] = {}
    is_map = isinstance(node, dict) and not _entry(node)[0]
    for raw, body in _map(node).items() if is_map else map(_entry, _flat(node)):
        if raw.strip() and raw not in entries:
            entries[raw] = _map(body)
    return entries


def _entry(item: Node) -> tuple[str, Node]:
    body = _map(item)
    return _text(body.get("name") or body.get("uses") or item), item


def _flat(node: Node) -> Iterator[Node]:
    """The items of a list and of the lists in it, or what is no list itself."""
    if isinstance(node, list):
        for item in node:
            yield from _flat(item)
    else:
        yield node


def _map(node: Node) -> Map:
    return node if isinstance(node, dict) else {}


def _text(node: Node) -> str:
    return node if isinstance(node, str) else ""


def _line(node: Node) -> str:
    """The text of a node, joined to one line."""
    return inert(" ".join(_text(node).split()))


def _is_true(node: Node) -> bool:
    return _text(node).lower() in _TRUE
