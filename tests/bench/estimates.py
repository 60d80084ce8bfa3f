"""How well the end of a run is foreseen, by what its earlier runs took."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.table import Row
from tests.support.earlier import IN_A_ROW, IN_LAYERS, SIDE_BY_SIDE
from tests.support.foreseen import foreseen

SEEDS = range(10)
SHAPES = {"in a row": IN_A_ROW, "in layers": IN_LAYERS, "side by side": SIDE_BY_SIDE}


def rows(home: Path) -> Iterator[Row]:
    """For each shape of a run, a third through recordings of it."""
    for name, shape in SHAPES.items():
        folder = home / name
        folder.mkdir()
        found = foreseen(shape, SEEDS, folder)
        held = sum(one.holds for one in found)
        error = median(one.error for one in found)
        width = median(one.width for one in found)
        figure = f"{held}/{len(found)} held, {error:.0%} off, {width:.0%} wide"
        aim = "" if shape is SIDE_BY_SIDE else "8/10, 10%, 30%"
        yield f"end foreseen a third through, {name}", figure, aim
