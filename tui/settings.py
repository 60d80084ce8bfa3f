"""Settings: everything that a start of cubewatch is told, in one frozen value."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from tui.domain.draft import Draft
from tui.domain.repository import WEB_URL, RepoError, RepoSlug

DEFAULT_API_URL = "https://api.sourcecraft.tech"
API_URL_VARIABLE = "SOURCECRAFT_API_URL"
TOKEN_VARIABLES = ("SOURCECRAFT_TOKEN", "SOURCECRAFT_PAT")
DEMO_REPO = RepoSlug("acme", "shop")
DAY = 86400

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NO_API = 3

_DURATION = re.compile(r"(?=.)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_HOST = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")
_RUN_URL = re.compile(rf"{re.escape(WEB_URL)}/([^/?#]+/[^/?#]+)/cicd/runs/([^/?#]+)(?:[/?#].*)?")
_SPEEDS = (0.1, 1000.0)


class SettingsError(Exception):
    """Usage or configuration is wrong; `str()` of it is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no repr, log or traceback shows."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Manners:
    """How to behave in the terminal."""

    mouse: bool = True
    ascii_only: bool = False
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Where runs are and who asks. `demo_speed` is how fast the built-in server's clock goes;
    None means the real API."""

    repo: RepoSlug
    api_url: str = DEFAULT_API_URL
    token: Secret = Secret("")
    demo_speed: float | None = None
    manners: Manners = Manners()


@dataclass(frozen=True, slots=True)
class ComposeFirst:
    """Start in the form, filled with a draft; `send_at_once` presses Run by itself."""

    draft: Draft
    send_at_once: bool = False


@dataclass(frozen=True, slots=True)
class WatchFirst:
    """Start with watching a run; an empty slug is the newest one."""

    run_slug: str = ""


Start = ComposeFirst | WatchFirst


@dataclass(frozen=True, slots=True)
class Plain:
    """Watching without a screen. `heartbeat`: seconds without a line until there is one, 0 for
    never. `give_up`: seconds that an outage may last, None for ever. `fail_fast`: the first
    failure ends the watching."""

    json: bool = False
    heartbeat: float = 60.0
    give_up: float | None = None
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class PrintLog:
    """The log of a cube to standard output: of the one that `path` names (`release/build/unit`,
    or the end of that if it names no other), or with `failed` of all that failed.

    `follow`: until no more will come. `raw`: as the server has it, instead of made inert.
    """

    run_slug: str
    path: str = ""
    failed: bool = False
    follow: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class BringArtifacts:
    """The artifacts that `paths` name, or `everything`, to a folder (empty: the current one).
    Neither: what there is, as a list."""

    run_slug: str
    paths: tuple[str, ...] = ()
    folder: str = ""
    everything: bool = False


Errand = PrintLog | BringArtifacts
"""What is done without a screen and without watching."""


def api_settings(
    repo: RepoSlug | None, api_url: str | None, environ: Mapping[str, str]
) -> Settings:
    """Settings for the real API; what the flags left None comes from the environment.

    Raises SettingsError if no repository or no token is named, or an address or token is wrong.
    """
    if repo is None:
        raise SettingsError("no repository is named: add -R ORG/REPO, or try cubewatch --demo")
    if api_url is None:
        api_url = environ.get(API_URL_VARIABLE, "").strip() or DEFAULT_API_URL
    return Settings(repo, parse_api_url(api_url), read_token(environ))


def demo_settings(repo: RepoSlug | None, speed: str | None) -> Settings:
    """Settings for the built-in server, which needs no token and has one repository.

    Raises SettingsError if another repository is asked for or the speed is no number.
    """
    if repo not in (None, DEMO_REPO):
        raise SettingsError(f"the demo has only the repository {DEMO_REPO}: leave out -R")
    return Settings(DEMO_REPO, demo_speed=1.0 if speed is None else parse_speed(speed))


def parse_repo(text: str) -> RepoSlug:
    """`ORG/REPO`. Raises SettingsError for anything else."""
    try:
        return RepoSlug.parse(text)
    except RepoError as error:
        raise SettingsError(f"{text!r} names no repository: {error}") from None


def parse_run(text: str) -> tuple[RepoSlug | None, str]:
    """What names a run: its number, `ORG/REPO#142`, or its page on the web.

    Returns the repository (None if only a number is given) and the run's slug. Raises
    SettingsError for anything else.
    """
    if page := _RUN_URL.fullmatch(text):
        repo, slug = unquote(page[1]), page[2]
    else:
        repo, _, slug = text.rpartition("#")
    if not (slug.isascii() and slug.isdigit()):
        raise SettingsError(
            f"{text!r} names no run: give its number (142), ORG/REPO#142 or the URL of its page"
        )
    return (parse_repo(repo) if repo else None), slug


def parse_speed(text: str) -> float:
    """How many times faster than a clock the demo goes. Raises SettingsError."""
    slowest, fastest = _SPEEDS
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not slowest <= speed <= fastest:
        raise SettingsError(f"--demo-speed takes a number from {slowest:g} to {fastest:g}")
    return speed


def parse_heartbeat(text: str) -> float:
    """Seconds, 0 for none. Raises SettingsError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= DAY:
        raise SettingsError(f"--heartbeat takes seconds from 0 (none) to {DAY}, not {text!r}")
    return seconds


def parse_duration(option: str, text: str) -> float:
    """`90s`, `30m`, `1h30m` as seconds. Raises SettingsError, which names the `option`."""
    if not (parts := _DURATION.fullmatch(text)):
        raise SettingsError(f"{option} takes a duration such as 90s, 30m or 1h30m, not {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def parse_api_url(text: str) -> str:
    """The address of an API, without a slash at its end. Raises SettingsError if the token must
    not go there: only https will do, or http to this machine itself."""
    if problem := _api_url_problem(text):
        raise SettingsError(f"the API's address {problem}, for example {DEFAULT_API_URL}")
    return text.rstrip("/")


def _api_url_problem(text: str) -> str | None:
    if not (text.isascii() and text.isprintable()) or " " in text:
        return "can hold only visible ASCII characters"
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return "must be a URL"
    if "@" in url.netloc:
        return "can't hold a user name or a password"
    if "?" in text or "#" in text:
        return "can't hold a query or a fragment"
    if url.scheme not in ("https", "http") or not _HOST.fullmatch(url.hostname or ""):
        return "must be https://HOST"
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        return "must start with https:// (http:// is for this machine itself)"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host (a name, or an address without brackets) is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_token(environ: Mapping[str, str]) -> Secret:
    """The token from the first variable that holds one. Raises SettingsError, which never shows
    it, if there is none or it can't be sent in a header."""
    for variable in TOKEN_VARIABLES:
        token = environ.get(variable, "").strip()
        if not token:
            continue
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise SettingsError(
                f"{variable} holds no token: there are characters in it that no token has"
            )
        return Secret(token)
    raise SettingsError(
        f"no token is set: put a personal access token into {TOKEN_VARIABLES[0]}, "
        "or try cubewatch --demo"
    )
