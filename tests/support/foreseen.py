"""How well the end of a run is foreseen: by what the model is told of it, or by a recording."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from cubewatch.model.durations import Durations
from cubewatch.model.estimate import estimate
from cubewatch.model.repository import RepoSlug
from cubewatch.model.snapshot import advance
from cubewatch.watch.recording_file import Header, Writer, changed, read_recording
from tests.support.earlier import Planned, Shape, planned
from tests.support.runs import BEGIN, read

EARLIER = 12
SHOP = RepoSlug("acme", "shop")


class Foreseen(NamedTuple):
    """Whether the band holds the true end, and how far off its middle and how wide it is, as
    shares of what is truly left."""

    holds: bool
    error: float
    width: float


def foreseen(shape: Shape, seeds: Sequence[int], folder: Path | None = None) -> list[Foreseen]:
    """A third through a run with each of these seeds, which has a dozen earlier ones. `folder`:
    the run is recorded there, and what is known of it is read from the recording."""
    found = []
    for seed in seeds:
        rng = Random(seed)
        runs = [planned(shape, number, rng) for number in range(EARLIER + 1)]
        durations = Durations(one.times() for one in reversed(runs[:-1]))
        last = runs[-1]
        passed = last.end / 3
        now = BEGIN + timedelta(seconds=last.created + passed)
        shown = last.at(passed) if folder is None else _recorded(last, passed, folder / str(seed))
        left = estimate(advance(None, read(shown)), durations, now).run.left
        assert left
        truth = last.end - passed
        holds = left.low <= truth <= left.high
        found.append(
            Foreseen(holds, abs(left.middle - truth) / truth, (left.high - left.low) / truth)
        )
    return found


def _recorded(run: Planned, seconds: float, path: Path) -> dict[str, object]:
    """The last answer before a moment, of a recording of the whole run."""
    at = BEGIN + timedelta(seconds=run.created)
    with path.open("wb") as file:
        writer = Writer(file, Header(SHOP, run.slug, at))
        moment = 0.0
        while moment < run.end + 2:
            writer.answer(moment, json.dumps(run.at(moment)).encode())
            moment += 2
        writer.end()
    value: dict[str, object] = {}
    for entry in read_recording(path).entries:
        if entry.seconds > seconds:
            break
        value = changed(value or None, entry.change)
    return value
