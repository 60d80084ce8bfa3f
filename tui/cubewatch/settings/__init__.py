"""Settings: all that flags, environment and config file say, in one frozen value."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cubewatch.model.address import checked_api_url
from cubewatch.model.repository import API_URL, RepoSlug

if TYPE_CHECKING:
    from cubewatch.model.draft import Draft

DEMO_REPO = RepoSlug("acme", "shop")
DEMO_REPOS = (
    DEMO_REPO,
    *(RepoSlug("acme", name) for name in ("search", "site.docs", "mobile", "archive")),
)


class SettingsError(Exception):
    """Usage or configuration is wrong; `str()` of it is one line that says what to do."""


class Secret:
    """A text that no repr, log or traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


class TerminalOptions(NamedTuple):
    """The use of the terminal: the mouse, characters beyond ASCII, bell and notifications."""

    mouse: bool = True
    ascii_only: bool = False
    notify: bool = True


class Preset(NamedTuple):
    """A draft that the config file names. `repo` None: it fits every repository."""

    name: str
    repo: RepoSlug | None
    draft: "Draft"


class Settings(NamedTuple):
    """The settings of a session: API, token, repository and terminal. `repo` None: that of the
    clone around us, or whichever the person names. `demo_speed` is how fast the built-in server's
    clock goes; None means the real API. `theme` None: our own. `poll_interval`: seconds from one
    request to the next while something changes, None for what the poll loop takes by itself.
    `renew_token` looks for the token again, in a thread, once the server refuses it: some expire
    within hours. `repositories` are those whose runs are listed where none is named. `record_to`: a
    new file for a recording of the run that is watched. `raw_url` and `git_url`: where files and
    repositories are that belong to the API's, "" if unknown."""

    repo: RepoSlug | None
    api_url: str = API_URL
    token: Secret = Secret("")
    demo_speed: float | None = None
    terminal: TerminalOptions = TerminalOptions()
    theme: str | None = None
    poll_interval: float | None = None
    record_to: Path | None = None
    presets: tuple[Preset, ...] = ()
    renew_token: Callable[[], Secret] | None = None
    repositories: tuple[RepoSlug, ...] = ()
    raw_url: str = ""
    git_url: str = ""


class ComposeFirst(NamedTuple):
    """Start in the form, filled with a draft; `send_at_once` presses Run by itself. `forgotten`
    are inputs (workflow, name) that had a value before that was not kept."""

    draft: "Draft"
    send_at_once: bool = False
    forgotten: tuple[tuple[str, str], ...] = ()


class AwaitedRun(NamedTuple):
    """A run that is still to be found: that of the commit checked out here (`head`), or else the
    next one that begins and fits: empty texts fit every run, `by` is a user's name or `me`.
    `wait`: seconds until that is given up, None for never."""

    head: bool = False
    workflow: str = ""
    by: str = ""
    event: str = ""
    wait: float | None = None


class WatchFirst(NamedTuple):
    """Start with watching a run, or with waiting for one; an empty slug is the newest one."""

    run_slug: str = ""
    awaited: AwaitedRun | None = None


class ShowRuns(NamedTuple):
    """Start with the runs of repositories; without any, of those that are known. `filter` and
    `mine` say which runs are shown."""

    repositories: tuple[RepoSlug, ...] = ()
    filter: str = ""
    mine: bool = False


Start = ComposeFirst | WatchFirst
FirstScreen = Start | ShowRuns


class Plain(NamedTuple):
    """Watching without a screen. `heartbeat`: seconds without a line until there is one, 0 for
    never. `give_up`: seconds that an outage may last, None for ever. `fail_fast`: the first
    failure ends the watching; `until_approval`: so does whatever waits for a person."""

    json: bool = False
    heartbeat: float = 60.0
    give_up: float | None = None
    fail_fast: bool = False
    until_approval: bool = False


def parse_api_url(text: str) -> str:
    """The address of an API, without a slash at its end. Raises SettingsError if the token must
    not go there: only https will do, or http to this machine itself."""
    try:
        return checked_api_url(text)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def parse_host_url(name: str, sample: str, text: str) -> str:
    """The same for another address than the API's; errors call it `name`. Raises SettingsError."""
    try:
        return checked_api_url(text, name, sample)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def as_token(text: str, source: str) -> Secret:
    """Validates a token: `text` without the space around it. Raises SettingsError, which names the
    `source` and never shows the text, if no header can hold it."""
    token = text.strip()
    if not token:
        raise SettingsError(f"{source} holds no token: it is empty")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(
            f"{source} holds no token: there are characters in it that no token has"
        )
    return Secret(token)
