"""The queue of requests: how fast it moves, who leaves it, and pauses the server asks for."""

import asyncio

import httpx
import pytest

from cubewatch.api.budget import RequestBudget
from cubewatch.api.client import Client, Limits
from cubewatch.api.errors import TooManyRequests, Unreachable
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.runtime.clock import Timing
from cubewatch.settings import Secret
from tests.support.scripted import RUN, Clock, Server

REPO = RepoSlug("acme", "shop")
REQUEST = RunRequest((WorkflowData("release"),))


async def test_requests_leave_one_after_the_other() -> None:
    clock = Clock()
    budget = RequestBudget(0.125, clock)
    at = []
    for _ in range(9):
        await budget.turn(30)
        at.append(clock.time)
    assert at[-1] - at[0] == pytest.approx(1.0)


async def test_a_cancelled_request_costs_the_others_nothing() -> None:
    """Sixty that are cancelled while they wait: the next one leaves at once."""
    budget = RequestBudget(0.2, Timing())
    await budget.turn(30)
    waiting = [asyncio.create_task(budget.turn(30)) for _ in range(60)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    begun = asyncio.get_running_loop().time()
    await budget.turn(30)
    assert asyncio.get_running_loop().time() - begun < 2


async def test_waiting_in_the_queue_counts_in_the_deadline() -> None:
    budget = RequestBudget(1000, Timing())
    await budget.turn(30)
    with pytest.raises(Unreachable, match="not sent"):
        await budget.turn(0.05)


async def test_a_pause_holds_everybody() -> None:
    clock = Clock()
    budget = RequestBudget(0.125, clock)
    budget.hold(7)
    await budget.turn(30)
    assert clock.time == pytest.approx(1007)


async def test_a_pause_longer_than_the_deadline_is_said_at_once() -> None:
    clock = Clock()
    budget = RequestBudget(0.125, clock)
    budget.hold(120)
    with pytest.raises(TooManyRequests) as caught:
        await budget.turn(30)
    assert caught.value.retry_after == pytest.approx(120)
    assert clock.sleeps == []


async def test_no_request_leaves_while_the_server_wants_a_pause() -> None:
    """A refused poll holds a POST too, which was not sent then."""
    server = Server(httpx.Response(429, headers={"Retry-After": "100"}), httpx.Response(200))
    clock = Clock()
    client = Client(
        "https://api.example",
        Secret("x"),
        transport=httpx.MockTransport(server),
        limits=Limits(spacing=0),
        timing=clock,
    )
    with pytest.raises(TooManyRequests):
        await client.run_answer(REPO, "142")
    with pytest.raises(TooManyRequests) as caught:
        await client.run_workflows(REPO, REQUEST)
    assert not caught.value.sent
    assert len(server.requests) == 1
    clock.time += 100
    server.answers = [httpx.Response(200, json=RUN)]
    await client.run_workflows(REPO, REQUEST)
    assert len(server.requests) == 2
