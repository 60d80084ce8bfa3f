"""Sending a request once, and the messages that report the result."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, TypeVar

from textual.content import Content
from textual.message import Message

from cubewatch.model.request import RunRequest
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.ui.screens.compose.messages import Started
from cubewatch.watch.submission import Lost

if TYPE_CHECKING:
    from cubewatch.history.memory import Sent
    from cubewatch.model.run import Run
    from cubewatch.session import Session
    from cubewatch.watch.duplicates import Duplicate

DUPLICATES_TIMEOUT = 5.0
"""Seconds in which runs and requests that are alike are looked for before a request is sent."""
NEWEST_RUNS = 50

T = TypeVar("T")


class NotStarted(Message):
    """The request brought no run; `text` says why. `lost`: it may have started one."""

    def __init__(self, text: Content, lost: Lost | None) -> None:
        super().__init__()
        self.text = text
        self.lost = lost


async def duplicates(
    session: "Session", request: RunRequest, lost: Lost | None
) -> "tuple[Duplicate, ...]":
    """The duplicates of `request`: runs and requests that it would repeat. Raises nothing: what is
    not known in time counts as nothing, as an API that does not list its runs may start them all
    the same."""
    from cubewatch.watch.duplicates import find_duplicates

    async def runs() -> "tuple[Run, ...]":
        client = await session.client()
        return (await client.runs(session.repo, page_size=NEWEST_RUNS)).runs

    async def sent() -> "tuple[Sent, ...]":
        return await run_in_daemon_thread(lambda: session.memory().sent(session.repo))

    async with asyncio.TaskGroup() as group:
        known_runs = group.create_task(_or_nothing(runs()))
        known_sent = group.create_task(_or_nothing(sent()))
    return find_duplicates(
        request,
        runs=known_runs.result(),
        sent=known_sent.result(),
        lost=lost,
        now=session.timing.utc(),
    )


async def _or_nothing(loading: Coroutine[None, None, tuple[T, ...]]) -> tuple[T, ...]:
    try:
        return await asyncio.wait_for(loading, DUPLICATES_TIMEOUT)
    except Exception:
        return ()


async def send(session: "Session", request: RunRequest) -> Started | NotStarted:
    """Send `request`: one POST, once. Raises nothing."""
    from cubewatch.api.errors import ApiError
    from cubewatch.ui.screens.compose.panels import error_text, fault_text, unsent_text

    try:
        client = await session.client()
    except Exception as error:  # whatever it is, nothing was sent
        return NotStarted(unsent_text(error), None)
    sent_at = session.timing.utc()
    try:
        run = await client.run_workflows(session.repo, request)
    except ApiError as error:
        return NotStarted(error_text(error), Lost(request, sent_at) if error.sent else None)
    except Exception as fault:  # a fault of ours must not leave the form waiting for ever
        return NotStarted(fault_text(fault), Lost(request, sent_at))
    return Started(session, run, request, sent_at)


async def remember(
    session: "Session", sent: Lost, run_slug: str, notify: Callable[..., object]
) -> None:
    """Store what was sent, in a thread that the program waits for before it ends. `run_slug` ""
    if the answer was lost."""
    from cubewatch.history.memory import CannotRemember

    repo, request, at = session.repo, sent.request, sent.sent_at
    try:
        await asyncio.to_thread(lambda: session.memory().remember(repo, request, run_slug, at))
    except CannotRemember as error:
        notify(str(error), severity="warning", markup=False)
