"""Backend: a repository of the demo and its runs, as they are now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from cubewatch.demo.chronicle import coming_run, earlier_runs, pushed_run
from cubewatch.demo.logs import cube_log
from cubewatch.demo.people import ME, PEOPLE
from cubewatch.demo.refs import DEFAULT_BRANCH, commit_of, refs_of
from cubewatch.demo.refusal import RefusalError, not_found
from cubewatch.demo.repositories import (
    PUSHED_AFTER,
    PUSHED_PULL,
    REPOSITORIES,
    SHOP_SPEC,
    Pull,
    RepositorySpec,
)
from cubewatch.demo.run_order import read_run_order
from cubewatch.demo.run_state import Json, Percent, RunRecord, View
from cubewatch.demo.schedule import CubePlan, Fate, WorkflowPlan, plan_run, rejected
from cubewatch.git.ci_yaml import read_ci_config

Clock = Callable[[], datetime]
PastEnd = Literal["missing", "repeat"]

MAX_WORKFLOWS = 3
WEB_URL = "https://sourcecraft.dev"


def demo_ci_config_text(repo: str = SHOP_SPEC.slug) -> str:
    """The `.sourcecraft/ci.yaml` of a repository of the demo; empty if it has none."""
    return next((spec.config_text for spec in REPOSITORIES if spec.slug == repo), "")


class Backend:
    """One repository. Its methods give JSON of the contract and raise RefusalError."""

    def __init__(
        self, spec: RepositorySpec, clock: Clock, seed: int, percent: Percent, past_end: PastEnd
    ) -> None:
        self.spec = spec
        self.now = clock
        self._seed = seed
        self._percent = percent
        self._repeat = past_end == "repeat"
        self._config = read_ci_config(spec.config_text)
        self._began = clock()
        self.refs = refs_of(spec.slug, spec.branches, spec.tags, self._began)
        self._records: dict[str, RunRecord] = {}
        self._came = 0
        self._first_look_at: datetime | None = None
        for record in earlier_runs(spec.chronicle, self._config, self._began, seed):
            self._add(record)

    def start(self, body: bytes) -> Json:
        """Creates a run as the `body` of a POST asks for."""
        order = read_run_order(body, self._config, self.refs)
        slug = self._next_slug()
        rng = Random(f"{self._seed}/{slug}")
        if (count := len(order.workflows)) > MAX_WORKFLOWS:
            plan = rejected((f"workflows found - {count}, {MAX_WORKFLOWS} allowed",), rng)
        else:
            plan = plan_run(((spec, Fate(fail_at=order.fail_at)) for spec in order.workflows), rng)
        return self._view(self._add(RunRecord(slug, self.now(), "manual", ME.username, plan))).run()

    def runs(self) -> list[Json]:
        """All runs, newest first, without their tasks."""
        if self.spec.failing:
            raise RefusalError(500, "Internal", "the runs of this repository can't be read")
        newest = sorted(self._runs().values(), key=lambda run: int(run.slug), reverse=True)
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
        spec = self.spec
        return {
            "id": spec.id,
            "name": spec.name,
            "slug": spec.slug,
            "default_branch": DEFAULT_BRANCH,
            "organization": {"id": "", "slug": spec.org},
            "is_empty": False,
            "description": spec.description,
            "visibility": spec.visibility,
            "web_url": f"{WEB_URL}/{spec.org}/{spec.slug}",
            "last_updated": None,
        }

    def pulls(self) -> list[Json]:
        """All pull requests, newest first."""
        return [self._pull(pull) for pull in self.spec.pulls]

    def pull(self, slug: str) -> Json:
        return self._pull(self._pull_spec(slug))

    def merge_checks(self, slug: str) -> Json:
        """The merge checks of a pull request, by its newest run."""
        self._pull_spec(slug)
        runs = [record for record in self._runs().values() if record.pull == slug]
        newest = max(runs, key=lambda record: int(record.slug), default=None)
        workflows = self._view(newest).workflows() if newest else ()
        return {
            "code_review": {"status": "success", "disabled": False},
            "conflicts": {"status": "success", "conflicts": None},
            "ci_workflows": [
                {
                    "status": self._view(newest).workflow(workflow)["status"],
                    "disabled": False,
                    "created_at": f"{newest.created:%Y-%m-%dT%H:%M:%SZ}",
                    "run_id": "",
                    "run_slug": newest.slug,
                    "workflow_id": "",
                    "workflow_slug": workflow.name,
                }
                for workflow in workflows
                if newest
            ],
            "config_validations": [],
        }

    def latest_release(self) -> Json:
        """The newest release: of the highest version among the tags."""
        versions = [tag for tag in self.spec.tags if tag.startswith("v") and "-" not in tag]
        if not versions:
            raise not_found("there is no release")
        return {
            "tag": max(versions),
            "status": "published",
            "released_at": f"{self._began - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}",
        }

    def raw_config(self, commit: str) -> str:
        """`.sourcecraft/ci.yaml` at a whole commit that a ref points at, of a public repository."""
        hashes = {ref["commit"]["hash"] for ref in self.refs.branches + self.refs.tags}
        if self.spec.visibility != "public" or commit not in hashes or not self.spec.config_text:
            raise not_found("Not Found")
        return self.spec.config_text

    def _pull(self, pull: Pull) -> Json:
        here = f"{self.spec.org}/{self.spec.slug}"
        author = PEOPLE[pull.author]
        return {
            "id": "",
            "slug": pull.slug,
            "title": pull.title,
            "status": pull.status,
            "author": {"id": author.id if self.spec.has_ids else "", "slug": author.username},
            "source_branch": pull.branch,
            "target_branch": DEFAULT_BRANCH,
            "source": {
                "label": f"{here}:{pull.branch}",
                "ref": pull.branch,
                "sha": self._source_sha(pull),
            },
            "target": {"label": f"{here}:main", "ref": "main", "sha": commit_of("shop", "main")},
        }

    def _source_sha(self, pull: Pull) -> str:
        """The newest commit of a pull request; that of one is the parent until the push to it has
        been seen, some seconds after the first look, and then there is a run of it too."""
        head = commit_of(self.spec.slug, pull.branch)
        if self.spec is not SHOP_SPEC or pull.slug != PUSHED_PULL:
            return head
        if self._first_look_at is None:
            self._first_look_at = self.now()
        if (self.now() - self._first_look_at).total_seconds() < PUSHED_AFTER:
            return commit_of(self.spec.slug, f"parent {pull.branch}")
        if not any(record.pull == pull.slug for record in self._records.values()):
            slug = self._next_slug()
            run = pushed_run(self._config, pull.slug, pull.author, slug, self.now(), self._seed)
            self._add(run)
        return head

    def _pull_spec(self, slug: str) -> Pull:
        for pull in self.spec.pulls:
            if pull.slug == slug:
                return pull
        raise not_found(f"pull request {slug} is not there")

    def _next_slug(self) -> str:
        return str(max(map(int, self._runs()), default=0) + 1)

    def _add(self, record: RunRecord) -> RunRecord:
        if self.spec.has_ids:
            record = replace(record, user_id=PEOPLE[record.user].id)
        self._records[record.slug] = record
        return record

    def _runs(self) -> dict[str, RunRecord]:
        """All runs by slug, with those that have begun meanwhile."""
        chronicle = self.spec.chronicle
        while chronicle.every:
            created = self._began + timedelta(seconds=(self._came + 1) * chronicle.every)
            if created > self.now():
                break
            slug = str(max(map(int, self._records), default=0) + 1)
            run = coming_run(chronicle, self._config, self._came, slug, created, self._seed)
            self._came += 1
            self._add(run)
        return self._records

    def _view(self, record: RunRecord) -> View:
        seconds = (self.now() - record.created).total_seconds()
        return View(record, seconds, self._percent)

    def _record(self, slug: str) -> RunRecord:
        runs = self._runs()
        if slug not in runs:
            raise not_found(f"run {slug} is not there")
        return runs[slug]

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
