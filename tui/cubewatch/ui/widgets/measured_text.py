"""Text measured in terminal cells."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len as cell_len
from rich.cells import set_cell_size

from cubewatch.text.format import percentage

BAR_DONE = "━"
BAR_HALF = "╸"
BAR_REST = "─"

Span = tuple[str, str]
"""A text and the part of a line it is: the name of its style."""


def fit(text: str, width: int) -> str:
    """`text` in at most `width` cells, its end cut off with `…` where it is too long."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def fit_whole_parts(text: str, width: int, separator: str = " · ") -> str:
    """`text` in at most `width` cells: parts at its end are left out whole, and only the first one
    is cut off with `…`."""
    while cell_len(text) > width and separator in text:
        text = text.rpartition(separator)[0]
    return fit(text, width)


def pad(text: str, width: int) -> str:
    """`text` in exactly `width` cells."""
    return set_cell_size(fit(text, width), width)


def bar(fraction: float, width: int) -> tuple[str, str]:
    """The done and the open part of a progress bar, together `width` cells. Full is 1 only."""
    halves = int(min(1.0, max(0.0, fraction)) * width * 2)
    done = BAR_DONE * (halves // 2) + BAR_HALF * (halves % 2)
    return done, BAR_REST * (width - len(done))


def percent(fraction: float) -> str:
    """`  0 %` to `100 %`, five cells; 100 is 1 only."""
    return f"{percentage(fraction):3d} %"


def fit_spans(spans: Iterable[Span], width: int) -> list[Span]:
    """`spans` in at most `width` cells: the one that is too long is cut off with `…`, and the rest
    left out."""
    fitted: list[Span] = []
    for text, part in spans:
        cells = cell_len(text)
        if cells > width:
            if width > 0:
                fitted.append((fit(text, width), part))
            elif fitted and text.strip():
                last, part = fitted.pop()
                fitted.append((fit(last + "…", cell_len(last)), part))
            break
        if text:
            fitted.append((text, part))
            width -= cells
    return fitted


class Part(NamedTuple):
    """A part of a line, with its forms from the fullest to the shortest. That of the lowest `rank`
    matters most."""

    rank: int
    forms: tuple[list[Span], ...]


def whole(rank: int, *spans: Span) -> Part:
    """A part that is shown whole or not at all."""
    return Part(rank, (list(spans), []))


def fit_parts(parts: Sequence[Part], width: int) -> list[Span]:
    """The parts in their order in at most `width` cells. What matters most takes the fullest form
    for which there is room, so that nothing is cut off unless the shortest forms are too long."""
    shown = [part.forms[-1] for part in parts]
    room = width - sum(map(cells_of, shown))
    for at in sorted(range(len(parts)), key=lambda at: parts[at].rank):
        for form in parts[at].forms:
            longer = cells_of(form) - cells_of(shown[at])
            if longer <= room:
                shown[at] = form
                room -= longer
                break
    return fit_spans((span for form in shown for span in form), width)


def cells_of(spans: Iterable[Span]) -> int:
    """The number of cells that spans take."""
    return sum(cell_len(text) for text, _ in spans)
