"""Runs of the demo's repositories: those from before it began, and those that begin meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cubewatch.demo.run_state import RunRecord
from cubewatch.demo.schedule import Fate, RunPlan, plan_run, rejected
from cubewatch.model.config import CiConfig

_GOOD = Fate()
_EMPTY: tuple[str, ...] = ()
_UNDECIDED = Fate(decided_after=3 * 3600.0)


@dataclass(frozen=True, slots=True)
class Past:
    """A run as this module describes it; `errors` make it a rejected one, no workflow an empty
    one."""

    event: str
    user: str
    workflows: tuple[str, ...]
    fate: Fate = _GOOD
    pull: str = ""
    errors: tuple[str, ...] = ()


_NEWEST_FIRST = (
    Past("schedule", "ci-bot", ("nightly",)),
    Past("push", "olga", ("checks",)),
    Past("pr_update", "tomas", ("checks",), Fate(fail_at="types"), pull="318"),
    Past("manual", "ivan", ("release",), Fate(fail_at="checkout")),
    Past("restart", "ivan", ("release",)),
    Past("push", "maria", _EMPTY),
    Past("manual", "olga", ("deploy",), Fate(canceled_after=24.0)),
    Past("push", "maria", _EMPTY, errors=("workflows found - 4, 3 allowed",)),
    Past("pr_update", "maria", ("checks",), pull="317"),
    Past("schedule", "ci-bot", ("nightly",), Fate(times_out=True)),
    Past("repository_event", "tomas", ("checks",)),
    Past("manual", "ivan", ("deploy", "checks")),
    Past("manual", "ivan", ("release",), Fate(fail_at="#git-clone")),
    Past("push", "olga", _EMPTY, errors=("total time quota is exhausted",)),
    Past("pr_update", "tomas", ("checks",), Fate(canceled_after=9.0), pull="316"),
)
_ORDINARY = (
    Past("push", "olga", ("checks",)),
    Past("pr_update", "maria", ("checks",), pull="311"),
    Past("push", "tomas", ("checks",), Fate(fail_at="unit")),
    Past("manual", "ivan", ("deploy",)),
    Past("pr_update", "olga", ("checks",), pull="309"),
    Past("schedule", "ci-bot", ("nightly",)),
    Past("push", "maria", ("checks",)),
    Past("manual", "olga", ("release",)),
    Past("manual", "ivan", ("release",)),
)


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The past and future runs of a repository. `newest` is the number of the newest earlier run,
    created `seconds_ago`; `newest_first` are the newest ones, `ordinary` all before them, again and
    again. Meanwhile a run of `coming` begins `every` so many seconds (0: none)."""

    newest: int
    newest_first: tuple[Past, ...]
    ordinary: tuple[Past, ...]
    seconds_ago: float = 25.0
    coming: tuple[Past, ...] = ()
    every: float = 0.0
    count: int = 36


SHOP = Chronicle(141, _NEWEST_FIRST, _ORDINARY)
SEARCH = Chronicle(
    88,
    (
        Past("push", "ivan", ("checks",)),
        Past("manual", "olga", ("release",), _UNDECIDED),
        Past("restart", "ivan", ("checks",)),
        Past("push", "ivan", ("checks",), Fate(fail_at="unit")),
        Past("manual", "tomas", ("release",), Fate(decided_after=90, gate_outcome="rejected")),
        Past("manual", "tomas", ("release",), Fate(decided_after=600, gate_outcome="timeout")),
    ),
    (
        Past("push", "maria", ("checks",)),
        Past("pr_update", "ivan", ("checks",), pull="41"),
        Past("manual", "olga", ("release",)),
        Past("push", "tomas", ("checks",), Fate(fail_at="types")),
    ),
    coming=(
        Past("push", "maria", ("checks",), Fate(fail_at="unit")),
        Past("restart", "maria", ("checks",)),
        Past("pr_update", "ivan", ("checks",), pull="41"),
        Past("manual", "olga", ("release",)),
    ),
    every=40.0,
)
DOCS = Chronicle(
    1207,
    (Past("push", "olga", ("publish",)), Past("push", "maria", ("publish",))),
    (Past("push", "maria", ("publish",)), Past("push", "olga", ("publish",))),
    seconds_ago=340.0,
    coming=(Past("push", "maria", ("publish",)), Past("push", "ci-bot", ("publish",))),
    every=75.0,
    count=60,
)
MOBILE = Chronicle(
    19,
    (
        Past("pr_update", "tomas", ("apps",), pull="7"),
        Past("pr_update", "ivan", ("apps",), Fate(fail_at="device-tests"), pull="6"),
    ),
    (Past("pr_update", "tomas", ("apps",), pull="5"), Past("manual", "ivan", ("apps",))),
    seconds_ago=8.0,
    count=19,
)
SILENT = Chronicle(0, (), (), count=0)

_MINUTES_BETWEEN = (9.0, 190.0)


def earlier_runs(
    chronicle: Chronicle, config: CiConfig, now: datetime, seed: int
) -> Iterator[RunRecord]:
    """The runs there are at `now`, newest first."""
    created = now - timedelta(seconds=chronicle.seconds_ago)
    for age in range(chronicle.count):
        older = age - len(chronicle.newest_first)
        past = (
            chronicle.newest_first[age]
            if older < 0
            else chronicle.ordinary[older % len(chronicle.ordinary)]
        )
        slug = str(chronicle.newest - age)
        rng = Random(f"{seed}/{slug}")
        yield _record(past, config, slug, created, rng)
        created -= timedelta(minutes=rng.uniform(*_MINUTES_BETWEEN))


def coming_run(
    chronicle: Chronicle, config: CiConfig, number: int, slug: str, created: datetime, seed: int
) -> RunRecord:
    """The run that begins as number `number` (from 0) after the demo began."""
    past = chronicle.coming[number % len(chronicle.coming)]
    return _record(past, config, slug, created, Random(f"{seed}/{slug}"))


def pushed_run(
    config: CiConfig, pull: str, user: str, slug: str, created: datetime, seed: int
) -> RunRecord:
    """The run that checks a pull request after a push."""
    past = Past("pr_update", user, ("checks",), pull=pull)
    return _record(past, config, slug, created, Random(f"{seed}/{slug}"))


def _record(past: Past, config: CiConfig, slug: str, created: datetime, rng: Random) -> RunRecord:
    return RunRecord(slug, created, past.event, past.user, _plan(past, config, rng), past.pull)


def _plan(past: Past, config: CiConfig, rng: Random) -> RunPlan:
    if past.errors:
        return rejected(past.errors, rng)
    specs = (spec for spec in config.workflows if spec.name in past.workflows)
    return plan_run(((spec, past.fate) for spec in specs), rng)
