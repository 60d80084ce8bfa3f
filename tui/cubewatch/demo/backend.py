"""The demo's repository and its runs, as they are at this moment."""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from random import Random
from typing import Literal

from cubewatch.demo.history import earlier_runs
from cubewatch.demo.logs import cube_log
from cubewatch.demo.order import read_order
from cubewatch.demo.refs import DEFAULT_BRANCH, shop_refs
from cubewatch.demo.refusal import not_found
from cubewatch.demo.schedule import CubePlan, Fate, WorkflowPlan, plan_run, rejected
from cubewatch.demo.state import Json, Percent, RunRecord, View
from cubewatch.git.ci_yaml import read_ci_config

Clock = Callable[[], datetime]
PastEnd = Literal["missing", "repeat"]

ORG, REPO, REPO_ID = "acme", "shop", "0198c0de-5a0b-7c3e-9d1f-acme5h0p0001"
USER = "ivan"
MOST_WORKFLOWS = 3


def demo_ci_config_text() -> str:
    """The shop's `.sourcecraft/ci.yaml`."""
    return files("cubewatch.demo").joinpath("shop/ci.yaml").read_text(encoding="utf-8")


class Backend:
    """One repository. Its methods give JSON of the contract and raise RefusalError."""

    def __init__(self, clock: Clock, seed: int, percent: Percent, past_end: PastEnd) -> None:
        self.now = clock
        self._seed = seed
        self._percent = percent
        self._repeat = past_end == "repeat"
        self._config = read_ci_config(demo_ci_config_text())
        self.refs = shop_refs(clock())
        self._runs = {run.slug: run for run in earlier_runs(self._config, clock(), seed)}

    def start(self, body: bytes) -> Json:
        """Creates a run as the `body` of a POST asks for."""
        order = read_order(body, self._config, self.refs)
        slug = str(max(map(int, self._runs)) + 1)
        rng = Random(f"{self._seed}/{slug}")
        if (count := len(order.workflows)) > MOST_WORKFLOWS:
            plan = rejected((f"workflows found - {count}, {MOST_WORKFLOWS} allowed",), rng)
        else:
            plan = plan_run(((spec, Fate(fail_at=order.fail_at)) for spec in order.workflows), rng)
        record = RunRecord(slug, self.now(), "manual", USER, plan)
        self._runs[slug] = record
        return self._view(record).run()

    def runs(self) -> list[Json]:
        """All runs, newest first, without their tasks."""
        newest = sorted(self._runs.values(), key=lambda run: int(run.slug), reverse=True)
        return [self._view(record).run(with_tasks=False) for record in newest]

    def run(self, slug: str) -> Json:
        return self._view(self._record(slug)).run()

    def workflow(self, slug: str, workflow: str) -> Json:
        view = self._view(self._record(slug))
        return view.workflow(self._workflow(view, workflow))

    def artifacts(self, slug: str, workflow: str, task: str, cube: str) -> Json:
        view = self._view(self._record(slug))
        plan = self._cube(view, workflow, task, cube)
        return {"artifacts": view.artifacts(task, plan)}

    def log(self, page: int, slug: str, workflow: str, task: str, cube: str) -> Json:
        """A page of a cube's log as far as it is written, counted from 1."""
        view = self._view(self._record(slug))
        plan = self._cube(view, workflow, task, cube)
        log = cube_log(f"{self._seed}/{slug}/{workflow}", task, plan)
        return log.page(page, view.seconds, repeat=self._repeat)

    def repository(self) -> Json:
        return {
            "id": REPO_ID,
            "name": "Shop",
            "slug": REPO,
            "default_branch": DEFAULT_BRANCH,
            "organization": {"id": "", "slug": ORG},
            "is_empty": False,
            "description": "Site, API and checkout of the shop",
            "visibility": "internal",
        }

    def _view(self, record: RunRecord) -> View:
        seconds = (self.now() - record.created).total_seconds()
        return View(record, seconds, self._percent)

    def _record(self, slug: str) -> RunRecord:
        if slug not in self._runs:
            raise not_found(f"run {slug} is not there")
        return self._runs[slug]

    def _workflow(self, view: View, name: str) -> WorkflowPlan:
        for plan in view.workflows():
            if plan.name == name:
                return plan
        raise not_found(f"run {view.record.slug} has no workflow {name}")

    def _cube(self, view: View, workflow: str, task: str, name: str) -> CubePlan:
        for task_plan in self._workflow(view, workflow).tasks:
            for cube in task_plan.cubes:
                if (task_plan.name, cube.name) == (task, name):
                    return cube
        raise not_found(f"workflow {workflow} has no cube {task}/{name}")
