"""KeyBar: the keys that matter here, on the last line of a screen."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events

from cubewatch.ui.widgets.painted import PaintedLines, component_classes

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.strip import Strip

    from cubewatch.ui.widgets.measured_text import Span

GAP = "  "
LAST = ("help", "leave", "dismiss")
"""Actions that stand last and are never left out."""


class Key(NamedTuple):
    """A key as the toolkit names it, as it is shown, and what it does."""

    name: str
    shown: str
    title: str
    action: str

    @property
    def cells(self) -> int:
        return cell_len(f"{self.shown} {self.title}")


class KeyBar(PaintedLines):
    """Bindings of the screen, the most useful first, as their order says. Where there is no room
    for all, the last ones are left out whole; help and the way back stay."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("key", "text")

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._update)

    def _update(self, screen: "Screen[object]") -> None:
        if self.is_attached and screen is self.screen and screen.is_current:
            self.repaint()

    def _keys(self) -> Iterator[Key]:
        seen: set[tuple[object, str]] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not (binding.show and active.enabled) or (active.node, binding.action) in seen:
                continue
            seen.add((active.node, binding.action))
            title = binding.description[:1].lower() + binding.description[1:]
            action = binding.action.partition("(")[0].rpartition(".")[2]
            yield Key(binding.key, self.app.get_key_display(binding), title, action)

    def _placed(self) -> Iterator[tuple[int, Key]]:
        at = 1
        for key in chosen(self._keys(), self.size.width - 2):
            yield at, key
            at += key.cells + len(GAP)

    def line_at(self, y: int) -> "Strip":
        spans: list[Span] = [(" ", "text")]
        for _, key in self._placed():
            spans += [(key.shown, "key"), (f" {key.title}{GAP}", "text")]
        return self.strip_of([*spans[:-1], (spans[-1][0].rstrip(), "text")])

    def on_resize(self) -> None:
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        for at, key in self._placed():
            if at <= event.x < at + key.cells:
                self.app.simulate_key(key.name)


def chosen(keys: Iterable[Key], width: int) -> list[Key]:
    """The keys that fit into the width, help and the way back last."""
    keys = list(keys)
    first = [key for key in keys if key.action not in LAST]
    last = sorted(
        (key for key in keys if key.action in LAST), key=lambda key: LAST.index(key.action)
    )
    last = last[-1:] if _width(last) > width else last
    while first and _width([*first, *last]) > width:
        first.pop()
    return [*first, *last]


def _width(keys: Iterable[Key]) -> int:
    return sum(key.cells + len(GAP) for key in keys) - len(GAP)
