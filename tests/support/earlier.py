"""Runs of one pipeline with noise, as a server shows them at any moment: the same for a seed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from cubewatch.model.past import RunTimes, times_of_run
from cubewatch.model.snapshot import Snapshot, advance
from tests.support.runs import BEGIN, Json, cube, read, run, task, workflow

NOISE = 0.1
SLOW = 2.0
DAY = 86400.0


@dataclass(frozen=True)
class Shape:
    """The cubes of each task with their usual seconds, and which tasks need which. `named`:
    whether cubes name what they wait for, or run in the order they stand in without a word."""

    tasks: dict[str, Sequence[float]]
    needs: dict[str, Sequence[str]] = field(default_factory=dict)
    named: bool = False


@dataclass(frozen=True)
class Planned:
    """A run that goes well: begin and end of each cube in seconds after its creation, which was
    `created` seconds after the begin of all."""

    shape: Shape
    slug: str
    created: float
    spans: dict[tuple[str, int], tuple[float, float]]

    @property
    def end(self) -> float:
        return max(end for _, end in self.spans.values())

    def at(self, seconds: float) -> Json:
        """The run so many seconds after its creation."""
        tasks = [self._task(name, len(cubes), seconds) for name, cubes in self.shape.tasks.items()]
        dated = self._dated((1.0, self.end), seconds)
        built = {**workflow("release", "", *tasks), **dated}
        return {**run("", built), **dated, "slug": self.slug}

    def snapshot(self, seconds: float) -> Snapshot:
        return advance(None, read(self.at(seconds)))

    def times(self) -> RunTimes:
        return times_of_run(read(self.at(self.end)))

    def _task(self, name: str, cubes: int, seconds: float) -> Json:
        spans = [self.spans[name, at] for at in range(cubes)]
        span = (min(begin for begin, _ in spans), max(end for _, end in spans))
        needs = [{"name": need} for need in self.shape.needs.get(name, ())]
        shown = [self._cube(name, at, seconds) for at in range(cubes)]
        dated = self._dated(span, seconds)
        return {**task(name, "", *shown), **dated, "relations": {"needs": needs}}

    def _cube(self, name: str, at: int, seconds: float) -> Json:
        needs = [{"name": f"c{at - 1}"}] if at and self.shape.named else []
        dated = self._dated(self.spans[name, at], seconds)
        return {**cube(f"c{at}"), **dated, "relations": {"needs": needs}}

    def _dated(self, span: tuple[float, float], seconds: float) -> Json:
        begin, end = span
        status = "success" if seconds >= end else "processing" if seconds >= begin else "created"
        came = {"created_at": 0.0, "started_at": begin, "finished_at": end}
        moments = {
            key: (BEGIN + timedelta(seconds=self.created + at)).isoformat()
            for key, at in came.items()
            if at <= seconds
        }
        return {"status": status, "dates": moments}


def planned(shape: Shape, slug: int, rng: Random, *, slow: bool = True) -> Planned:
    """A run with noise, in which one cube takes twice as long if `slow`."""
    names = [(name, at) for name, cubes in shape.tasks.items() for at in range(len(cubes))]
    slowest = rng.choice(names) if slow else None
    spans: dict[tuple[str, int], tuple[float, float]] = {}
    ends: dict[str, float] = {}
    for name, cubes in shape.tasks.items():
        clock = max((ends[need] for need in shape.needs.get(name, ())), default=1.0)
        for at, usual in enumerate(cubes):
            noise = rng.uniform(-NOISE, NOISE)
            begin = clock + rng.uniform(0.5, 2.0)
            clock = begin + usual * (1 + noise) * (SLOW if (name, at) == slowest else 1)
            spans[name, at] = (begin, clock)
        ends[name] = clock
    return Planned(shape, str(slug), slug * DAY, spans)


IN_A_ROW = Shape({"all": [10.0 + 6 * at for at in range(20)]})
"""One task of 20 cubes, the long ones last."""
SIDE_BY_SIDE = Shape(
    {f"t{n}": [20.0, 30.0 + 10 * n, 60.0 + 15 * n, 120.0 + 20 * n] for n in range(5)}
)
"""Five tasks of four cubes that start together."""
IN_LAYERS = Shape(
    {
        "build": [30.0, 40.0, 50.0],
        "unit": [20.0, 60.0, 80.0],
        "lint": [15.0, 25.0, 40.0],
        "e2e": [30.0, 90.0, 150.0, 60.0],
        "load": [40.0, 120.0, 160.0],
        "publish": [20.0, 60.0, 90.0, 120.0],
    },
    {
        "unit": ["build"],
        "lint": ["build"],
        "e2e": ["unit", "lint"],
        "load": ["unit"],
        "publish": ["e2e", "load"],
    },
    named=True,
)
SHAPES = (IN_A_ROW, SIDE_BY_SIDE, IN_LAYERS)
