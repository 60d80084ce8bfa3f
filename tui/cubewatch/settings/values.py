"""Parsers for words of a command line: repositories, runs, lengths of time."""

import math
import re
from urllib.parse import unquote

from cubewatch.model.repository import WEB_URL, RepoError, RepoSlug
from cubewatch.settings import SettingsError
from cubewatch.text.repeat import repeatable

DAY = 86400

_DURATION = r"(?=.)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?"
_RUN_URL = (
    rf"(?:https://)?{re.escape(WEB_URL.partition('//')[2])}"
    r"/([^/?#]+/[^/?#]+)/cicd/runs/([^/?#]+)(?:[/?#].*)?"
)
_ALMOST_A_RUN = r"([^/#]+/[^/#:\s]+)(?:[/:\s#]+(?:cicd/)?(?:runs?/)?)(\d+)/?"
_ALMOST_A_NUMBER = r"[^\d/]{0,2}(\d+)[^\d/]{0,2}"
_SPEEDS = (0.1, 1000.0)


def parse_repo(text: str) -> RepoSlug:
    """`ORG/REPO`, or the address of its page or clone. Raises SettingsError for anything else."""
    try:
        return RepoSlug.parse(text)
    except RepoError as error:
        if repo := RepoSlug.of_remote(text.strip()):
            return repo
        raise SettingsError(f"{repeatable(text)!r} names no repository: {error}") from None


def parse_run(text: str) -> tuple[RepoSlug | None, str]:
    """Reads the name of a run: its number, `ORG/REPO#142`, or the address of its page.

    Returns the repository (None if only a number is given) and the run's slug. Raises
    SettingsError for anything else.
    """
    if page := re.fullmatch(_RUN_URL, text):
        repo, slug = unquote(page[1]), page[2]
    else:
        repo, _, slug = text.rpartition("#")
    if not (slug.isascii() and slug.isdigit()):
        if near := re.fullmatch(_ALMOST_A_RUN, text, re.ASCII):
            advice = f"did you mean {near[1]}#{near[2]}?"
        elif near := re.fullmatch(_ALMOST_A_NUMBER, text, re.ASCII):
            advice = f"did you mean {near[1]}?"
        else:
            advice = "give its number (142), ORG/REPO#142 or the URL of its page"
        raise SettingsError(f"{repeatable(text)!r} names no run: {advice}")
    return (parse_repo(repo) if repo else None), slug


def parse_speed(text: str, option: str = "--demo-speed") -> float:
    """Reads a speed: how many times faster than a clock something goes. Raises SettingsError."""
    slowest, fastest = _SPEEDS
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not slowest <= speed <= fastest:
        raise SettingsError(f"{option} takes a number from {slowest:g} to {fastest:g}")
    return speed


def parse_heartbeat(text: str) -> float:
    """Seconds, 0 for none. Raises SettingsError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= DAY:
        raise SettingsError(
            f"--heartbeat takes seconds from 0 (none) to {DAY}, not {repeatable(text)!r}"
        )
    return seconds


def parse_duration(option: str, text: str) -> float:
    """`90s`, `30m`, `1h30m` as seconds. Raises SettingsError, which names the `option`."""
    if not (parts := re.fullmatch(_DURATION, text, re.ASCII)):
        shown = repeatable(text)
        raise SettingsError(f"{option} takes a duration such as 90s, 30m or 1h30m, not {shown!r}")
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return float(hours * 3600 + minutes * 60 + seconds)
