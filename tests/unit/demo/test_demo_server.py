"""The demo's endpoints: what they answer, page by page, and what they refuse."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from cubewatch.api.client import Client
from cubewatch.demo import DEMO_TOKEN, demo_app, demo_ci_config_text
from cubewatch.demo.repositories import SHOP_SPEC
from cubewatch.git.ci_yaml import read_ci_config
from cubewatch.model.repository import RepoId, RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from tests.support.server import serve

Json = dict[str, Any]

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
REPO = "/repos/acme/shop"
RUNS = f"{REPO}/cicd/runs"
NEXT_SLUG = "142"
RELEASE = {"workflows": [{"name": "release", "values": [{"name": "VERSION", "value": "1.5.0"}]}]}


def release(**values: str) -> Json:
    """The body that starts a release of 1.5.0, with more values."""
    given = {"VERSION": "1.5.0"} | values
    pairs = [{"name": name, "value": value} for name, value in given.items()]
    return {"workflows": [{"name": "release", "values": pairs}]}


class Demo:
    """The demo, and a clock turned by hand: `seconds` after noon."""

    def __init__(self, **options: Any) -> None:
        self.seconds = 0.0
        self.app = demo_app(clock=lambda: NOON + timedelta(seconds=self.seconds), **options)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="https://demo.invalid",
            headers={"Authorization": f"Bearer {DEMO_TOKEN.reveal()}"},
        )

    async def get(self, path: str, **query: str) -> Json:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body

    async def post(self, body: Json) -> Json:
        answer = await self.http.post(RUNS, json=body)
        assert answer.status_code == 200, answer.text
        run: Json = answer.json()
        return run

    async def at(self, seconds: float, slug: str = NEXT_SLUG) -> Json:
        """The run as it is so many seconds after noon."""
        self.seconds = seconds
        return await self.get(f"{RUNS}/{slug}")

    async def walk(self, path: str, name: str, **query: str) -> list[list[Json]]:
        """All pages of a list, to the one without a token."""
        pages, token = list[list[Json]](), ""
        while True:
            answer = await self.get(path, **query, **({"page_token": token} if token else {}))
            pages.append(answer[name])
            token = answer.get("next_page_token", "")
            if not token:
                return pages


async def test_the_client_of_the_product_gets_along_with_it() -> None:
    demo = Demo()
    client = Client("https://demo.invalid", DEMO_TOKEN, transport=httpx.ASGITransport(demo.app))
    repo = RepoSlug("acme", "shop")
    values = (InputValue("VERSION", "1.5.0"),)
    request = RunRequest((WorkflowData("release", values),), GitRevision("branch", "release/1.5"))
    assert (await client.run_workflows(repo, request)).status == "created"
    by_id = await client.run_workflows(RepoId(SHOP_SPEC.id), request)
    assert by_id.slug == "143"
    demo.seconds = 20
    run = await client.run(repo, NEXT_SLUG)
    assert (run.status, run.user.slug) == ("processing", "ivan")
    assert [task.slug for task in run.workflows[0].tasks] == ["build", "e2e", "publish"]
    clone = (NEXT_SLUG, "release", "build", "#git-clone")
    assert (await client.cube_log(repo, clone, 1)).done
    compiled = (NEXT_SLUG, "release", "build", "compile")
    artifacts = (await client.cube_artifacts(repo, compiled)).artifacts
    assert [file.local_path for file in artifacts] == ["dist/shop-api", "dist/migrate"]
    branches = (await client.branches(repo, "корзина", page_size=5)).branches
    assert [branch.name for branch in branches] == ["feature/корзина-2.0"]
    assert (await client.tags(repo, "v1.4.0", page_size=5)).tags[0].commit.hash
    assert (await client.repository(repo)).default_branch == "main"
    runs = (await client.runs(RepoId(SHOP_SPEC.id), page_size=2)).runs
    assert [each.slug for each in runs] == ["143", NEXT_SLUG]
    await client.close()


async def test_it_can_be_served_on_a_socket() -> None:
    with serve(Demo().app) as served:
        client = Client(served.url, DEMO_TOKEN)
        page = await client.runs(RepoSlug("acme", "shop"), page_size=1)
        await client.close()
    assert page.runs[0].slug == "141"


async def test_every_answer_has_the_demos_date() -> None:
    demo = Demo()
    demo.seconds = 3600
    for path in (RUNS, f"{RUNS}/nope", "/nowhere"):
        answer = await demo.http.get(path)
        assert parsedate_to_datetime(answer.headers["date"]) == NOON + timedelta(hours=1)


@pytest.mark.parametrize("header", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}])
async def test_without_a_token_nothing_is_answered(header: dict[str, str]) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Demo().app), base_url="https://demo.invalid"
    ) as http:
        for answer in (await http.get(RUNS, headers=header), await http.post(RUNS, headers=header)):
            assert answer.status_code == 401
            assert answer.json().keys() == {"error_code", "message", "request_id", "details"}


@pytest.mark.parametrize(
    "path",
    [
        "/repos/acme/other",
        "/repos/id:1/cicd/runs",
        f"{RUNS}/999",
        f"{RUNS}/141/nope",
        f"{REPO}/cicd/logs/141/nightly/build/nope",
        f"{REPO}/cicd/artifacts/141/nightly/nope/compile",
        "/nowhere",
    ],
)
async def test_what_is_not_there_is_not_found(path: str) -> None:
    answer = await Demo().http.get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "NotFound")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "no workflows"),
        ({"workflows": []}, "no workflows"),
        ({"workflows": "release"}, "list of objects"),
        ({"workflows": [{"name": ""}]}, "not empty"),
        ({"workflows": [{"name": "nope"}]}, "'nope' is not in the config"),
        ({"workflows": [{"name": "nightly"}, {"name": "nightly"}]}, "twice"),
        ({"workflows": [{"name": "release"}]}, "'VERSION' is required"),
        (release(NOPE="1"), "no input 'NOPE'"),
        (release(CHANNEL="nope"), "one of stable, beta, internal"),
        (release(FAIL_AT="nope"), "no cube is called 'nope'"),
        ({"workflows": [{"name": "nightly", "values": [{"name": "A", "value": 1}]}]}, "string"),
        (RELEASE | {"head": {"branch": "main", "tag": "v1.4.0"}}, "exactly one"),
        (RELEASE | {"head": {}}, "exactly one"),
        (RELEASE | {"head": {"branch": "nope"}}, "branch 'nope' does not exist"),
        (RELEASE | {"config_revision": {"tag": "nope"}}, "tag 'nope' does not exist"),
        (RELEASE | {"head": {"commit": "ffffffff"}}, "commit 'ffffffff' does not exist"),
        (RELEASE | {"shared": "yes"}, "shared is true or false"),
        (RELEASE | {"shared": True}, "'release' is not shared"),
        ([], "no object"),
    ],
)
async def test_a_request_that_breaks_the_contract_is_refused(body: Any, words: str) -> None:
    demo = Demo()
    answer = await demo.http.post(RUNS, json=body)
    error = answer.json()
    assert (answer.status_code, error["error_code"]) == (400, "ValidationError")
    assert words in error["message"]
    assert error["request_id"]
    assert isinstance(error["details"], dict)
    assert (await demo.get(RUNS))["runs"][0]["slug"] == "141"


async def test_a_body_that_is_no_json_is_refused() -> None:
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        answer = await Demo().http.post(RUNS, content=body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "ValidationError")


@pytest.mark.parametrize("revision", [{"branch": "release/1.5"}, {"tag": "v1.4.0"}])
async def test_revisions_that_exist_are_taken(revision: Json) -> None:
    await Demo().post(RELEASE | {"head": revision, "config_revision": revision})


async def test_a_commit_may_be_shortened_and_a_shared_workflow_run_as_shared() -> None:
    demo = Demo()
    commit = (await demo.get(f"{REPO}/branches"))["branches"][0]["commit"]["hash"]
    body = {"head": {"commit": commit[:8]}, "workflows": [{"name": "checks"}], "shared": True}
    assert (await demo.post(body))["event_type"] == "manual"


async def test_more_than_three_workflows_make_a_run_that_is_rejected() -> None:
    demo = Demo()
    values = {"release": {"VERSION": "1"}, "deploy": {"ENVIRONMENT": "staging"}}
    names = [spec.name for spec in read_ci_config(demo_ci_config_text()).workflows]
    workflows = [
        {"name": each, "values": [{"name": n, "value": v} for n, v in values.get(each, {}).items()]}
        for each in names
    ]
    await demo.post({"workflows": workflows})
    run = await demo.at(3)
    assert (run["status"], run["workflows"]) == ("rejected", [])
    assert run["error_messages"] == ["workflows found - 4, 3 allowed"]


async def test_runs_come_newest_first_to_an_empty_last_page() -> None:
    pages = await Demo().walk(RUNS, "runs", page_size="9")
    slugs = [int(run["slug"]) for page in pages for run in page]
    assert slugs == sorted(slugs, reverse=True)
    assert len(slugs) > 24
    assert pages[-1] == []
    assert [len(page) for page in pages[:-2]] == [9] * (len(pages) - 2)


async def test_a_list_leaves_out_the_tasks_of_a_run() -> None:
    demo = Demo()
    listed = next(run for run in (await demo.get(RUNS))["runs"] if run["slug"] == "138")
    whole = await demo.at(0, "138")
    assert [flow["tasks"] for flow in listed["workflows"]] == [[]]
    assert whole["workflows"][0]["tasks"]
    assert listed["dates"] == whole["dates"]


async def test_earlier_runs_are_of_every_kind() -> None:
    pages = await Demo().walk(RUNS, "runs", page_size="100")
    runs = [run for page in pages for run in page]
    assert {run["status"] for run in runs} == {
        *("success", "failed", "canceled", "timeout", "rejected", "processing")
    }
    assert {run["event_type"] for run in runs} == {
        *("push", "pr_update", "manual", "restart", "schedule", "repository_event")
    }
    assert len({run["user"]["slug"] for run in runs}) > 3
    assert any(run["status"] == "success" and not run["workflows"] for run in runs)
    assert ["workflows found - 4, 3 allowed"] in [run["error_messages"] for run in runs]
    assert all(("pull" in run) == (run["event_type"] == "pr_update") for run in runs)


@pytest.mark.parametrize("kind", ["branches", "tags"])
async def test_refs_are_filtered_and_paged(kind: str) -> None:
    demo = Demo()
    pages = await demo.walk(f"{REPO}/{kind}", kind, page_size="5")
    refs = [ref for page in pages for ref in page]
    assert len(pages) > 1
    assert all(pages)
    assert all(ref["commit"]["hash"] for ref in refs)
    part = refs[-1]["name"][1:-1]
    found = await demo.get(f"{REPO}/{kind}", filter=part)
    assert found[kind] == [ref for ref in refs if part in ref["name"]]


@pytest.mark.parametrize("query", [{"page_size": "many"}, {"page_token": "²"}])
async def test_a_page_is_named_by_numbers(query: dict[str, str]) -> None:
    answer = await Demo().http.get(RUNS, params=query)
    assert answer.status_code == 400
