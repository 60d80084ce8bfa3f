"""Settings: everything that a start of cubewatch is told, in one frozen value."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from cubewatch.model.draft import Draft
from cubewatch.model.repository import API_URL, RepoSlug

DEMO_REPO = RepoSlug("acme", "shop")

_HOST = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")


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
class TerminalOptions:
    """What the terminal is used for: the mouse, characters beyond ASCII, bell and notifications."""

    mouse: bool = True
    ascii_only: bool = False
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Preset:
    """A draft that the config file names. `repo` None: it fits every repository."""

    name: str
    repo: RepoSlug | None
    draft: Draft


@dataclass(frozen=True, slots=True)
class Settings:
    """Where runs are and who asks. `repo` None: that of the clone around us, or whichever the
    person names. `demo_speed` is how fast the built-in server's clock goes; None means the real
    API. `theme` None: our own. `poll_interval`: seconds from one request to the next while
    something changes, None for what the poll loop takes by itself."""

    repo: RepoSlug | None
    api_url: str = API_URL
    token: Secret = Secret("")
    demo_speed: float | None = None
    terminal: TerminalOptions = TerminalOptions()
    theme: str | None = None
    poll_interval: float | None = None
    presets: tuple[Preset, ...] = ()


@dataclass(frozen=True, slots=True)
class ComposeFirst:
    """Start in the form, filled with a draft; `send_at_once` presses Run by itself. `forgotten`
    are inputs (workflow, name) that had a value before which was kept nowhere."""

    draft: Draft
    send_at_once: bool = False
    forgotten: tuple[tuple[str, str], ...] = ()


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


def parse_api_url(text: str) -> str:
    """The address of an API, without a slash at its end. Raises SettingsError if the token must
    not go there: only https will do, or http to this machine itself."""
    if problem := _api_url_problem(text):
        raise SettingsError(f"the API's address {problem}, for example {API_URL}")
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


def api_server(api_url: str) -> str:
    """Which server an address as of `parse_api_url` leads to: what a token is for.

    `api.sourcecraft.tech`; the port stands there unless it is that of https.
    """
    url = urlsplit(api_url)
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    return host if port == 443 and url.scheme == "https" else f"{host}:{port}"


def as_token(text: str, source: str) -> Secret:
    """`text` without the space around it. Raises SettingsError, which names the `source` and
    never shows the text, if no header can hold it."""
    token = text.strip()
    if not token:
        raise SettingsError(f"{source} holds no token: it is empty")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(
            f"{source} holds no token: there are characters in it that no token has"
        )
    return Secret(token)
