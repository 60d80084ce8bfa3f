"""Submission: the state machine between the key that sends a request and the run it starts.

idle → waiting (for the config) → checking (for a run that is alike) → confirming → sending →
sent, or back to idle with a refusal, or lost → found. It does no I/O: each event returns the next
`Step`, which the caller carries out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal, NamedTuple

from cubewatch.model.draft import Draft
from cubewatch.model.request import RunRequest

CALM = 1.0
"""Seconds without the send key after something new was shown, until the key counts again."""

Phase = Literal["idle", "waiting", "checking", "confirming", "sending", "sent"]


class Step(Enum):
    """The next step after an event."""

    NOTHING = "nothing"
    SHOW_CHANGE = "say that the form is no longer what the person wanted to send"
    SHOW_PROBLEM = "show the first problem"
    FINISH_CONFIG = "stop waiting for more of a name, and read the config it names"
    CHECK = "look for runs that are alike"
    CONFIRM = "name them, and ask"
    SEND = "send the request"


class Shown(NamedTuple):
    """The content of the form at the moment of an event.

    `request` is None while there is a problem; `doubtful` is the request if the only problems come
    from a config that may be out of date.
    """

    draft: Draft
    warnings: frozenset[str] = frozenset()
    request: RunRequest | None = None
    doubtful: RunRequest | None = None
    is_reading: bool = False


class Lost(NamedTuple):
    """A request whose answer was lost, and when it was sent by our clock (UTC)."""

    request: RunRequest
    sent_at: datetime


@dataclass(slots=True)
class Submission:
    """The state machine of sending a request. `now` is a steady clock in seconds.

    `request` is the one that is being checked, confirmed or sent. `duplicates` are the lines that
    have to be confirmed. `lost` is the last request whose answer was lost, until it is found.
    `is_refused`: the person was shown a problem; `may_insist`: and pressing the key again sends
    the request if the problem is doubtful. `has_changed`: the form is no longer what the person
    wanted to send.
    """

    now: Callable[[], float]
    phase: Phase = "idle"
    request: RunRequest | None = None
    duplicates: tuple[str, ...] = ()
    lost: Lost | None = None
    is_refused: bool = False
    has_changed: bool = False
    may_insist: bool = False
    _wanted: Shown | None = field(default=None, repr=False)
    _pressed: Draft | None = field(default=None, repr=False)
    _calm_since: float = float("-inf")

    @property
    def is_busy(self) -> bool:
        """A request is being sent: the repository must not change."""
        return self.phase == "sending"

    def start_waiting(self) -> None:
        """Send as soon as the config is read, whatever the form turns out to be: for `run -y`."""
        self.phase, self._wanted = "waiting", None

    def press(self, before: Shown, shown: Shown) -> Step:
        """The send key was pressed when the form showed `before`; taking in what was typed last
        has made it `shown`."""
        if self.phase not in ("idle", "waiting", "confirming") or self._is_too_soon():
            return Step.NOTHING
        self._pressed = shown.draft
        if before.draft != shown.draft:
            return self.show_change()
        if shown.is_reading:
            if self.phase != "waiting":
                self.phase, self._wanted = "waiting", before
            self.has_changed = False
            return Step.FINISH_CONFIG
        return self._go(shown)

    def show_change(self) -> Step:
        """The form has changed since the person decided to send it."""
        self._stop()
        self.has_changed = True
        self._calm_since = self.now()
        return Step.SHOW_CHANGE

    def config_read(self, shown: Shown) -> Step:
        """The form shows all that is known. Sends it if it is still what was wanted."""
        if self.phase != "waiting":
            return Step.NOTHING
        wanted = self._wanted
        self._stop()
        same = wanted is None or (shown.draft == wanted.draft and shown.warnings <= wanted.warnings)
        return self._go(shown) if same else self.show_change()

    def _go(self, shown: Shown) -> Step:
        """Sends what is shown, if there is no problem."""
        self.has_changed = False
        request = shown.request or (shown.doubtful if self.may_insist else None)
        if request is None:
            self._stop()
            self.is_refused = self.may_insist = True
            self._calm_since = self.now()
            return Step.SHOW_PROBLEM
        self.is_refused = self.may_insist = False
        if self.phase == "confirming" and request == self.request:
            self.phase = "sending"
            return Step.SEND
        self.phase, self.request = "checking", request
        return Step.CHECK

    def checked(self, duplicates: Sequence[str]) -> Step:
        """Takes the duplicates to be confirmed before the request is sent; without any it is
        sent."""
        if self.phase != "checking":
            return Step.NOTHING
        self.duplicates = tuple(duplicates)
        if not duplicates:
            self.phase = "sending"
            return Step.SEND
        self.phase = "confirming"
        self._calm_since = self.now()
        return Step.CONFIRM

    def edit(self, draft: Draft | None = None) -> None:
        """The person has changed the form: what was to be sent is not sent, and what was said of
        it is void. A change to the `draft` that the key was pressed with comes late, and is none.
        """
        if draft is not None and draft == self._pressed:
            return
        self._pressed = None
        self.cancel()
        self.is_refused = self.may_insist = self.has_changed = False
        if self.phase == "sent":
            self.phase = "idle"
        self._calm_since = float("-inf")

    def cancel(self) -> None:
        """Cancels a request that has not been sent yet, as the person looks at something else."""
        if self.phase in ("waiting", "checking", "confirming"):
            self._stop()

    def _stop(self) -> None:
        self.phase, self.request, self._wanted, self.duplicates = "idle", None, None, ()

    def accepted(self) -> None:
        """The server has answered with a run, or a run was found that is the lost one's."""
        self._stop()
        self.phase, self.lost = "sent", None

    def form_shown(self) -> None:
        """The form is in front again after a run was started."""
        if self.phase == "sent":
            self.phase = "idle"

    def failed(self, lost: Lost | None = None) -> None:
        """The request brought no run; `lost`: but it may have started one."""
        self._stop()
        self.lost = lost or self.lost
        self._calm_since = self.now()

    def _is_too_soon(self) -> bool:
        """Whether the key came before what was shown last could be read; the time starts again."""
        now = self.now()
        if is_too_soon := now - self._calm_since < CALM:
            self._calm_since = now
        return is_too_soon
