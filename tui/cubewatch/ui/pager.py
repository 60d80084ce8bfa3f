"""Runs a pager in the terminal while everything else goes on."""

import asyncio
import os
import shlex
import signal
from typing import TYPE_CHECKING, Any

from cubewatch.runtime.children import child_environment

if TYPE_CHECKING:
    from textual.app import App

DEFAULT_PAGER = "less -R"


def pager_command() -> list[str]:
    """The words of `$PAGER`. Raises ValueError for a quotation mark without its other half."""
    return shlex.split(os.environ.get("PAGER") or DEFAULT_PAGER)


async def run_pager(app: "App[Any]", command: list[str], descriptor: int) -> None:
    """Shows what the open file `descriptor` holds, until the person leaves the pager.

    The terminal is the pager's meanwhile, so that ctrl+c is for it alone. Polling goes on, and a
    signal that ends the app ends the pager first. The pager reads its standard input: there is no
    file with a name that could be left.
    Raises OSError if it can't be started, SuspendNotSupported where there is no terminal.
    """
    cancelled: asyncio.CancelledError | None = None
    problem: OSError | None = None
    with app.suspend(), app.batch_update():  # neither survives an exception
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            await _until_left(command, descriptor)
        except asyncio.CancelledError as error:
            cancelled = error
        except OSError as error:
            problem = error
        finally:
            signal.signal(signal.SIGINT, before)
    if cancelled or problem:
        raise cancelled or problem  # type: ignore[misc]


async def _until_left(command: list[str], descriptor: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=descriptor, env=child_environment()
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
