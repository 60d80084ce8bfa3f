"""The demo's other repositories, people, pull requests and gate."""

import httpx
import pytest

from cubewatch.api.client import Client
from cubewatch.api.errors import ApiError
from cubewatch.demo import DEMO_TOKEN
from cubewatch.demo.repositories import PUSHED_AFTER
from cubewatch.model.repository import RepoSlug
from tests.unit.demo.test_demo_server import NEXT_SLUG, RUNS, Demo, Json

SHOP = RepoSlug("acme", "shop")
DEPLOY = {
    "workflows": [{"name": "deploy", "values": [{"name": "ENVIRONMENT", "value": "staging"}]}]
}


def client_of(demo: Demo) -> Client:
    return Client("https://demo.invalid", DEMO_TOKEN, transport=httpx.ASGITransport(demo.app))


def rollout(run: Json) -> Json:
    task: Json = run["workflows"][0]["tasks"][1]
    return task


async def test_client_reads_what_lies_around_the_runs() -> None:
    client = client_of(Demo())
    me = await client.user()
    repositories = await client.my_repositories(page_size=50)
    assert [str(slug) for slug in repositories.slugs][:2] == ["acme/shop", "acme/search"]
    assert repositories.next_page_token
    assert not (
        await client.my_repositories(page_size=50, page_token=repositories.next_page_token)
    ).repositories
    runs = (await client.runs(RepoSlug("acme", "search"), page_size=10)).runs
    assert {run.slug for run in runs if me.started(run)} >= {"88", "86"}
    assert any(run.status == "awaiting_approval" for run in runs)
    with pytest.raises(ApiError):
        await client.quotas("acme")
    assert [each.limit for each in (await client.my_quotas("acme")).quotas] == [2000, 0, None]
    assert (await client.latest_release(SHOP)).tag == "v1.4.2"
    with pytest.raises(ApiError):
        await client.latest_release(RepoSlug("acme", "mobile"))
    with pytest.raises(ApiError):
        await client.runs(RepoSlug("acme", "archive"), page_size=10)
    await client.close()


async def test_push_is_seen_a_while_after_the_first_look() -> None:
    demo = Demo()
    client = client_of(demo)

    async def look() -> tuple[str, tuple[str, ...]]:
        pulls = (await client.pull_requests(SHOP, "fix/vat-rounding", page_size=5)).pull_requests
        checks = await client.merge_checks(SHOP, pulls[0].slug)
        return pulls[0].source.sha, checks.run_slugs

    before, none = await look()
    demo.seconds = PUSHED_AFTER + 1
    await look()
    demo.seconds += 3
    after, runs = await look()
    assert (none, runs) == ((), (NEXT_SLUG,))
    assert before != after
    branches = (await client.branches(SHOP, "fix/vat", page_size=1)).branches
    assert branches[0].commit.hash == after
    await client.close()


async def test_pulls_are_filtered_and_a_filter_that_cant_be_read_is_refused() -> None:
    demo = Demo()
    path = "/repos/acme/shop/pulls"
    everything = (await demo.get(path))["pull_requests"]
    merged = await demo.get(path, filter='status=merged and source_branch="docs/payments"')
    assert len(everything) > 4
    assert [pull["slug"] for pull in merged["pull_requests"]] == ["311"]
    assert (await demo.http.get(path, params={"filter": "title~x"})).status_code == 400


async def test_gated_task_waits_for_a_person_and_goes_on() -> None:
    demo = Demo()
    await demo.post(DEPLOY)
    waiting = await demo.at(25)
    assert (waiting["status"], rollout(waiting)["status"]) == ("awaiting_approval",) * 2
    assert {cube["status"] for cube in rollout(waiting)["cubes"]} == {"created"}
    assert rollout(await demo.at(40))["status"] == "processing"
    assert (await demo.at(120))["status"] == "success"


async def test_rejected_and_timed_out_approvals_end_the_run() -> None:
    demo = Demo()
    rejected = await demo.get("/repos/acme/search/cicd/runs/84")
    timed_out = await demo.get("/repos/acme/search/cicd/runs/83")
    assert (rejected["status"], rejected["workflows"][0]["status"]) == ("rejected", "rejected")
    assert rejected["workflows"][0]["tasks"][1]["status"] == "rejected"
    assert timed_out["status"] == timed_out["workflows"][0]["tasks"][1]["status"] == "timeout"


async def test_runs_begin_meanwhile_in_other_repositories_only() -> None:
    demo = Demo()
    search = "/repos/acme/search/cicd/runs"
    before = (await demo.get(search))["runs"][0]["slug"]
    demo.seconds = 200
    assert int((await demo.get(search))["runs"][0]["slug"]) == int(before) + 5
    assert (await demo.get(RUNS))["runs"][0]["slug"] == "141"


async def test_raw_config_is_given_without_a_token_and_for_public_repositories_only() -> None:
    demo = Demo()
    docs = await demo.get("/repos/acme/site.docs/branches")
    shop = await demo.get("/repos/acme/shop/branches")
    raw = "/raw/acme/{}/{}/.sourcecraft/ci.yaml"
    public = raw.format("site.docs", docs["branches"][0]["commit"]["hash"])
    private = raw.format("shop", shop["branches"][0]["commit"]["hash"])
    assert (await demo.http.get(public)).status_code == 400
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(demo.app), base_url="https://demo.invalid"
    ) as http:
        assert "lychee" in (await http.get(public)).text
        assert (await http.get(private)).status_code == 404


async def test_answer_that_is_known_already_comes_without_a_body() -> None:
    demo = Demo()
    first = await demo.http.get(RUNS)
    again = await demo.http.get(RUNS, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    demo.seconds += 5
    later = await demo.http.get(RUNS, headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
