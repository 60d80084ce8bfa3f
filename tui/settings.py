"""Settings: everything that a start of cubewatch is told, in one frozen value."""

from dataclasses import dataclass

from tui.domain.draft import Draft
from tui.domain.repository import RepoSlug

DEFAULT_API_URL = "https://api.sourcecraft.tech"


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
class Settings:
    """Where runs are and who asks. `demo_speed` is how fast the built-in server's clock goes;
    None means the real API."""

    repo: RepoSlug
    api_url: str = DEFAULT_API_URL
    token: Secret = Secret("")
    demo_speed: float | None = None


@dataclass(frozen=True, slots=True)
class ComposeFirst:
    """Start in the form, filled with a draft; `send_at_once` presses Run by itself."""

    draft: Draft
    send_at_once: bool = False


@dataclass(frozen=True, slots=True)
class WatchFirst:
    """Start in the live screen of a run."""

    run_slug: str


Start = ComposeFirst | WatchFirst
