"""Runs the commands that print something and end."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import FrameType
from typing import Any

from cubewatch.headless.artifacts import artifacts
from cubewatch.headless.compare import print_comparison, print_trace
from cubewatch.headless.handover import print_report
from cubewatch.headless.log import print_log
from cubewatch.headless.output import Output, OutputError, Report
from cubewatch.headless.runs import print_runs
from cubewatch.runtime.exit_status import EXIT_BROKEN_PIPE, EXIT_USAGE, exit_status_of_signal
from cubewatch.runtime.folders import expanded
from cubewatch.session import Session
from cubewatch.settings import Settings, SettingsError
from cubewatch.settings.one_shot import (
    BringArtifacts,
    CompareRuns,
    OneShotCommand,
    PrintLog,
    PrintReport,
    PrintRuns,
    PrintTrace,
)

INTERRUPTED = "interrupted: what has come is kept, and the same command goes on from there"


def run_one_shot(settings: Settings, command: OneShotCommand) -> int:
    """Runs a command: its result goes to standard output, all else to standard error.

    Returns the exit status: that of the command; 2 for output that can't be written; 141 when
    its reader is gone. SIGINT, SIGTERM and SIGHUP end it with 130, 143 and 129, unless they
    are ignored; downloads then let go of their files first. Raises SettingsError if the
    environment has no usable way to the API.
    """
    try:
        output = Output.standard()
        report = _error_writer()
        if isinstance(command, BringArtifacts):
            return asyncio.run(_until_signalled(_bring(settings, command, output, report), report))
        _at_signals(lambda number: os._exit(exit_status_of_signal(number)))
        return asyncio.run(_print(settings, command, output, report))
    except OutputError as error:
        if error.broken_pipe:
            return EXIT_BROKEN_PIPE
        _error_writer()(str(error))
        return EXIT_USAGE


async def _print(
    settings: Settings,
    command: PrintLog | CompareRuns | PrintRuns | PrintTrace | PrintReport,
    output: Output,
    report: Report,
) -> int:
    session = Session(settings)
    try:
        await _usable(session)
        match command:
            case PrintLog():
                return await print_log(session, command, output, report)
            case CompareRuns():
                return await print_comparison(session, command, output, report)
            case PrintTrace():
                return await print_trace(session, command, output, report)
            case PrintReport():
                return await print_report(session, command, output, report)
            case PrintRuns():
                return await print_runs(session, command, output, report)
    finally:
        await session.close()


async def _bring(
    settings: Settings, command: BringArtifacts, output: Output, report: Report
) -> int:
    session = Session(settings)
    try:
        await _usable(session)
        return await artifacts(
            session,
            command.run_slug,
            command.paths,
            folder=_folder(command.folder),
            everything=command.everything,
            write=lambda line: output.write([line]),
            report=report,
        )
    finally:
        await session.close()


def _folder(text: str) -> Path | None:
    """The folder that `--dir` names, with `~` expanded, as a shell leaves that of `--dir=~/out`."""
    return expanded(text) if text else None


async def _usable(session: Session) -> None:
    try:
        await session.client()
    except ValueError as error:
        raise SettingsError(str(error)) from None


async def _until_signalled(work: Coroutine[Any, Any, int], report: Report) -> int:
    """The exit status of `work`, which the first signal cancels; the second one kills."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    signals: list[int] = []

    def cancel(number: int) -> None:
        signal.signal(number, signal.SIG_DFL)
        signals.append(number)
        loop.call_soon_threadsafe(task.cancel)

    _at_signals(cancel)
    try:
        return await task
    except asyncio.CancelledError:
        report(INTERRUPTED)
        return exit_status_of_signal(signals[0])


def _at_signals(end: Callable[[int], object]) -> None:
    """Handlers that need no loop: it may be waiting for a reader, or for a name server."""

    def handle(number: int, _frame: FrameType | None) -> None:
        end(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)


def _error_writer() -> Report:
    """A writer of lines to standard error; where that is closed, they are dropped."""
    if sys.stderr is None:
        return len
    errors = Output(sys.stderr.fileno(), sys.stderr.encoding)
    return lambda line: errors.write([f"cubewatch: {line}"])
