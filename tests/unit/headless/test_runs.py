"""`cubewatch runs --plain` and `--json`: what they print, and their exit status."""

import json
from datetime import timedelta
from typing import Any, cast

from cubewatch.api.client import runs_in
from cubewatch.api.errors import ServerTrouble
from cubewatch.headless.runs import print_runs
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import RunPage
from cubewatch.session import Session
from cubewatch.settings import Settings
from cubewatch.settings.one_shot import PrintRuns
from tests.support.run_lists import Lists, listed

SHOP, SEARCH = RepoSlug("acme", "shop"), RepoSlug("acme", "search")


class Client:
    """Lists as the client reads them."""

    server_ahead = timedelta()

    def __init__(self, lists: Lists) -> None:
        self.server = lists

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        answer = await self.server.runs_answer(repo, page_size=page_size, page_token=page_token)
        return runs_in(answer)


class Lines(list[str]):
    def write(self, lines: list[str]) -> None:
        self.extend(lines)


async def printed(client: Client, wish: PrintRuns, repo: RepoSlug | None = SHOP) -> Any:
    """The exit status, what was printed, and what was said of trouble."""
    session = Session(Settings(repo), client=lambda _: cast("Any", client))
    output, told = Lines(), Lines()
    status = await print_runs(session, wish, cast("Any", output), told.append)
    return status, list(output), list(told)


def client() -> Client:
    runs = [listed(n, "failed" if n % 10 == 0 else "success") for n in range(130, 0, -1)]
    return Client(Lists(shop=runs, search=[listed(7, "processing")]))


async def test_newest_runs_of_all_repositories_are_printed_in_columns() -> None:
    status, lines, told = await printed(client(), PrintRuns((SHOP, SEARCH), limit=3))
    assert (status, told, len(lines)) == (0, [], 4)
    assert any("acme/search#7" in line and "processing" in line for line in lines)
    assert all(line.isascii() for line in lines)


async def test_json_has_a_line_for_each_run() -> None:
    _, lines, _ = await printed(client(), PrintRuns((SEARCH,), json=True))
    (run,) = map(json.loads, lines)
    assert (run["repo"], run["run"], run["group"]) == ("acme/search", "7", "running")
    assert run["url"] == "https://sourcecraft.dev/acme/search/cicd/runs/7"


async def test_filter_reads_as_many_pages_as_the_limit_needs() -> None:
    server = client()
    status, lines, _ = await printed(server, PrintRuns((SHOP,), limit=12, filter="status:failed"))
    assert (status, len(lines), len(server.server.lists)) == (0, 12, 2)


async def test_trouble_of_one_repository_is_said_after_the_runs_of_others() -> None:
    server = client()
    server.server.troubles[SHOP] = ServerTrouble("the server is in trouble (500)", status=500)
    status, lines, told = await printed(server, PrintRuns((SHOP, SEARCH)))
    assert (status, len(lines)) == (3, 1)
    assert told[0].startswith("acme/shop: the server is in trouble (500)")


async def test_repository_of_the_session_is_meant_where_none_is_named() -> None:
    status, lines, _ = await printed(client(), PrintRuns(limit=1), SEARCH)
    assert (status, len(lines)) == (0, 1)
    assert "acme/search#7" in lines[0]
