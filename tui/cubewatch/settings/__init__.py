"""Settings: all that flags, environment and config file say, in one frozen value."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cubewatch.model.address import checked_api_url
from cubewatch.model.draft import Draft
from cubewatch.model.repository import API_URL, RepoSlug

DEMO_REPO = RepoSlug("acme", "shop")
DEMO_REPOS = (
    DEMO_REPO,
    *(RepoSlug("acme", name) for name in ("search", "site.docs", "mobile", "archive")),
)


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
    """The use of the terminal: the mouse, characters beyond ASCII, bell and notifications."""

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
    renew_token: Callable[[], Secret] | None = field(default=None, repr=False, compare=False)
    repositories: tuple[RepoSlug, ...] = ()
    raw_url: str = ""
    git_url: str = ""


@dataclass(frozen=True, slots=True)
class ComposeFirst:
    """Start in the form, filled with a draft; `send_at_once` presses Run by itself. `forgotten`
    are inputs (workflow, name) that had a value before that was not kept."""

    draft: Draft
    send_at_once: bool = False
    forgotten: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitedRun:
    """A run that is still to be found: that of the commit checked out here (`head`), or else the
    next one that begins and fits: empty texts fit every run, `by` is a user's name or `me`.
    `wait`: seconds until that is given up, None for never."""

    head: bool = False
    workflow: str = ""
    by: str = ""
    event: str = ""
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class WatchFirst:
    """Start with watching a run, or with waiting for one; an empty slug is the newest one."""

    run_slug: str = ""
    awaited: AwaitedRun | None = None


@dataclass(frozen=True, slots=True)
class ShowRuns:
    """Start with the runs of repositories; without any, of those that are known. `filter` and
    `mine` say which runs are shown."""

    repositories: tuple[RepoSlug, ...] = ()
    filter: str = ""
    mine: bool = False


Start = ComposeFirst | WatchFirst
FirstScreen = Start | ShowRuns


@dataclass(frozen=True, slots=True)
class Plain:
    """Watching without a screen. `heartbeat`: seconds without a line until there is one, 0 for
    never. `give_up`: seconds that an outage may last, None for ever. `fail_fast`: the first
    failure ends the watching; `until_approval`: so does whatever waits for a person."""

    json: bool = False
    heartbeat: float = 60.0
    give_up: float | None = None
    fail_fast: bool = False
    until_approval: bool = False


@dataclass(frozen=True, slots=True)
class PrintLog:
    """The log of a cube to standard output: of the one that `path` names (`release/build/unit`,
    or the end of that if it names no other), or with `failed` of all that failed.

    `follow`: until no more will come. `raw`: as the server has it, instead of made inert.
    `brief`: only the likely causes and what stands around them.
    """

    run_slug: str
    path: str = ""
    failed: bool = False
    follow: bool = False
    raw: bool = False
    brief: bool = False


@dataclass(frozen=True, slots=True)
class BringArtifacts:
    """The artifacts that `paths` name, or `everything`, to a folder (empty: the current one).
    Neither: what there is, as a list."""

    run_slug: str
    paths: tuple[str, ...] = ()
    folder: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class CompareRuns:
    """What differs in a run from another one (empty: the last good one), for a person or as
    JSON."""

    run_slug: str
    baseline_slug: str = ""
    json: bool = False


@dataclass(frozen=True, slots=True)
class PrintTrace:
    """A run as Trace Event JSON."""

    run_slug: str


@dataclass(frozen=True, slots=True)
class PrintReport:
    """The hand-over of a run as Markdown."""

    run_slug: str


@dataclass(frozen=True, slots=True)
class PrintRuns:
    """The newest runs of repositories, at most `limit` of each, as lines or JSON objects."""

    repositories: tuple[RepoSlug, ...] = ()
    json: bool = False
    limit: int = 30
    filter: str = ""
    mine: bool = False


OneShotCommand = PrintLog | BringArtifacts | CompareRuns | PrintTrace | PrintReport | PrintRuns
"""What is done without a screen and without watching."""


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
    """Validates a token: Validates a token: `text` without the space around it. Raises
    SettingsError, which names the `source` and never shows the text, if no header can hold it."""
    token = text.strip()
    if not token:
        raise SettingsError(f"{source} holds no token: it is empty")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(
            f"{source} holds no token: there are characters in it that no token has"
        )
    return Secret(token)
