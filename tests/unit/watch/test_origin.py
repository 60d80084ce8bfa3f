"""Where a run is from that checks a pull request."""

import httpx
import pytest

from cubewatch.api.client import Client
from cubewatch.demo import DEMO_TOKEN, DemoClock, demo_app
from cubewatch.model.repository import RepoSlug
from cubewatch.session import DEMO_URL
from cubewatch.watch.origin import RunOrigin, find_origin

SHOP = RepoSlug("acme", "shop")


@pytest.mark.parametrize(("slug", "is_newest"), [("139", True), ("127", False)])
async def test_the_pull_request_names_it(slug: str, is_newest: bool) -> None:
    app = demo_app(clock=DemoClock(1.0))
    client = Client(DEMO_URL, DEMO_TOKEN, transport=httpx.ASGITransport(app))
    run = await client.run(SHOP, slug)
    assert run.pull
    found = await find_origin(client, SHOP, run)
    pull = await client.pull_request(SHOP, run.pull.slug)
    checks = await client.merge_checks(SHOP, run.pull.slug)
    commit = pull.source.sha[:7] if slug in checks.run_slugs else ""
    assert found == RunOrigin(run.pull.slug, pull.title, pull.source.ref, commit)
    assert found.title
    await client.close()


async def test_another_run_has_none_and_asks_for_nothing() -> None:
    app = demo_app(clock=DemoClock(1.0))
    client = Client(DEMO_URL, DEMO_TOKEN, transport=httpx.ASGITransport(app))
    run = await client.run(SHOP, "138")
    assert await find_origin(client, SHOP, run) is None
    await client.close()
