"""Starts the screen, or watches without one."""

import gc
import os

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.options import PLAIN
from cubewatch.settings import FirstScreen, Plain, Settings, Start
from cubewatch.settings.values import parse_duration, parse_heartbeat


def launch(settings: Settings, start: Start, plain: Plain | None) -> int:
    """Watches or composes on a screen, or watches as `plain` says. Returns the exit status."""
    if plain:
        from cubewatch.headless.plain import run_plain

        return run_plain(settings, start, plain)
    return show(settings, start)


def show(settings: Settings, start: FirstScreen) -> int:
    """Shows a screen, and those that it leads to. Returns the exit status."""
    gc.disable()  # nothing that is loaded for the first frame is garbage; the app enables it then
    try:
        from cubewatch.ui.app import run_app

        return run_app(settings, start)
    finally:
        gc.enable()


def plain_options(arguments: Arguments, *, needs_person: bool) -> Plain | None:
    """The options for watching without a screen; None to use one. `needs_person`: nothing can be
    done without one. Raises UsageError and SettingsError if it can be neither, or has options that
    only the other understands."""
    obstacle = no_screen()
    if needs_person and obstacle:
        raise UsageError(obstacle)
    given = list(PLAIN.flags_of(set(vars(arguments))))
    if needs_person and given:
        raise UsageError(f"{given[0]} is for watch and for run -y: a run is composed on a screen")
    if not (obstacle or arguments.plain or arguments.json or arguments.until):
        if given:
            raise UsageError(f"{given[0]} is for watching without a screen: add --plain")
        return None
    if arguments.until not in (None, "approval"):
        raise UsageError("--until takes the word approval")
    heartbeat, give_up = arguments.heartbeat, arguments.give_up
    return Plain(
        json=arguments.json,
        heartbeat=Plain().heartbeat if heartbeat is None else parse_heartbeat(heartbeat),
        give_up=None if give_up is None else parse_duration("--give-up", give_up),
        fail_fast=arguments.fail_fast,
        until_approval=arguments.until == "approval",
    )


def no_screen() -> str | None:
    """The reason why there can be no screen, with what to do; None if there can be one."""
    # Textual draws on standard error.
    if os.environ.get("TERM") == "dumb" or not all(os.isatty(stream) for stream in (0, 1, 2)):
        return "a terminal is needed to draw on: start it in one, without a pipe or a redirection"
    if os.environ.get("CI"):
        return "CI is set, so there are no keys to press: add -y to start a run, or unset CI"
    return None
