"""Runs from before the demo began: a few dozen, of every kind and with every result."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cubewatch.demo.schedule import Fate, RunPlan, plan_run, rejected
from cubewatch.demo.state import RunRecord
from cubewatch.model.config import CiConfig

NEWEST = 141

_GOOD = Fate()
_EMPTY: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Past:
    """A run as it is told here; `errors` make it a rejected one, no workflow an empty one."""

    event: str
    user: str
    workflows: tuple[str, ...]
    fate: Fate = _GOOD
    pull: str = ""
    errors: tuple[str, ...] = ()


_NEWEST_FIRST = (
    _Past("schedule", "ci-bot", ("nightly",)),
    _Past("push", "olga", ("checks",)),
    _Past("pr_update", "tomas", ("checks",), Fate(fail_at="types"), pull="318"),
    _Past("manual", "ivan", ("release",), Fate(fail_at="checkout")),
    _Past("restart", "ivan", ("release",)),
    _Past("push", "maria", _EMPTY),
    _Past("manual", "olga", ("deploy",), Fate(canceled_after=24.0)),
    _Past("push", "maria", _EMPTY, errors=("workflows found - 4, 3 allowed",)),
    _Past("pr_update", "maria", ("checks",), pull="317"),
    _Past("schedule", "ci-bot", ("nightly",), Fate(times_out=True)),
    _Past("repository_event", "tomas", ("checks",)),
    _Past("manual", "ivan", ("deploy", "checks")),
    _Past("manual", "ivan", ("release",), Fate(fail_at="#git-clone")),
    _Past("push", "olga", _EMPTY, errors=("total time quota is exhausted",)),
    _Past("pr_update", "tomas", ("checks",), Fate(canceled_after=9.0), pull="316"),
)
_ORDINARY = (
    _Past("push", "olga", ("checks",)),
    _Past("pr_update", "maria", ("checks",), pull="311"),
    _Past("push", "tomas", ("checks",), Fate(fail_at="unit")),
    _Past("manual", "ivan", ("deploy",)),
    _Past("pr_update", "olga", ("checks",), pull="309"),
    _Past("schedule", "ci-bot", ("nightly",)),
    _Past("push", "maria", ("checks",)),
)
_HOW_MANY = 36
_NEWEST_SECONDS_AGO = 25.0
_MINUTES_BETWEEN = (9.0, 190.0)


def earlier_runs(config: CiConfig, now: datetime, seed: int) -> Iterator[RunRecord]:
    """The runs there are at `now`, newest first: all are over but for the newest, which began
    some seconds ago."""
    created = now - timedelta(seconds=_NEWEST_SECONDS_AGO)
    for age in range(_HOW_MANY):
        older = age - len(_NEWEST_FIRST)
        past = _NEWEST_FIRST[age] if older < 0 else _ORDINARY[older % len(_ORDINARY)]
        slug = str(NEWEST - age)
        rng = Random(f"{seed}/{slug}")
        plan = _plan(past, config, rng)
        yield RunRecord(slug, created, past.event, past.user, plan, past.pull)
        created -= timedelta(minutes=rng.uniform(*_MINUTES_BETWEEN))


def _plan(past: _Past, config: CiConfig, rng: Random) -> RunPlan:
    if past.errors:
        return rejected(past.errors, rng)
    specs = (spec for spec in config.workflows if spec.name in past.workflows)
    return plan_run(((spec, past.fate) for spec in specs), rng)
