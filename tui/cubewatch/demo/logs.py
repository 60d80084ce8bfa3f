"""DemoLog: the text of a cube's log, when it is written, and its pages."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any

from cubewatch.demo.figures import figure
from cubewatch.demo.refusal import not_found
from cubewatch.demo.schedule import CubePlan
from cubewatch.demo.writing import write

_PAGE_LENGTHS = (28_000, 44_000)


@dataclass(frozen=True, slots=True)
class DemoLog:
    """`text` as it is in the end, and how much of it is there when: `lengths[i]` characters from
    `moments[i]` on (seconds after the run's creation). `cuts` are where pages end."""

    text: str
    moments: tuple[float, ...]
    lengths: tuple[int, ...]
    cuts: tuple[int, ...]
    end: float

    def page(self, number: int, seconds: float, *, repeat: bool) -> dict[str, Any]:
        """Page `number`, counted from 1, as it is at a moment. Raises RefusalError for one that
        has not been begun, and for one past the end unless that `repeat`s the last one."""
        done = seconds >= self.end
        number = min(number, len(self.cuts)) if repeat and done else number
        pieces = bisect_right(self.moments, seconds)
        written = self.lengths[pieces - 1] if pieces else -1
        starts = (0, *self.cuts[:-1])
        if not 1 <= number <= len(starts) or starts[number - 1] > written:
            raise not_found(f"the log has no page {number}")
        start, end = starts[number - 1], self.cuts[number - 1]
        return {
            "logs": self.text[start : min(end, written)],
            "page_complete": written >= end and (done or number < len(self.cuts)),
            "done": done,
        }


@lru_cache(maxsize=64)
def cube_log(seed: str, task: str, plan: CubePlan) -> DemoLog:
    """The log of a cube. Raises RefusalError for one that never starts."""
    if plan.start is None:
        raise not_found("this cube has written no log")
    rng = Random(f"{seed}/{task}/{plan.name}")
    known = figure(task, plan.name)
    pieces = list(write(plan.name, known, plan.outcome, rng))
    share = min(1.0, (plan.end - plan.start) / plan.expected)
    if plan.outcome == "canceled":
        pieces = pieces[: max(2, int(len(pieces) * share))]
    text = "".join(pieces)
    moments = sorted(rng.uniform(plan.start, plan.end) for _ in pieces)
    moments[0], moments[-1] = plan.start, plan.end
    cuts = [0]
    while cuts[-1] < len(text):
        cuts.append(min(len(text), cuts[-1] + rng.randint(*_PAGE_LENGTHS)))
    lengths = accumulate(map(len, pieces))
    return DemoLog(text, tuple(moments), tuple(lengths), tuple(cuts[1:]), plan.end)
