"""Notifier: the control sequences that announce news: window title, bell, notification,
progress."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import percentage
from cubewatch.ui import osc

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Path, Snapshot


MAX_CAUSE = 80
"""Characters of a cause in a title."""


class Notifier:
    """Announces each thing once: how far a run is, the first failure, a wait for approval, the end.

    What had already happened when the watching began is no news.
    """

    def __init__(self, environ: Mapping[str, str], notify: bool) -> None:
        """`notify`: bell and notifications are wanted."""
        self._environ = environ
        self._notify = notify
        self._title = ""
        self._before: tuple[bool, frozenset[Path], bool] | None = None
        self.owes_failure = False
        """A failure is not announced yet, as its cause is being looked for."""

    def sequences(
        self,
        snapshot: "Snapshot",
        *,
        has_focus: bool,
        cause: "str | None" = "",
        in_front: bool = True,
    ) -> str:
        """Control sequences for a new state. `has_focus`: the person sees the terminal. `cause`:
        what failed and why, inert, as far as known; None: it is being looked for. `in_front`: it
        is the run that the title is about, else only news gets there."""
        return "".join(self._sequences(snapshot, has_focus, cause, in_front))

    def _sequences(
        self, snapshot: "Snapshot", has_focus: bool, cause: "str | None", in_front: bool
    ) -> Iterator[str]:
        run = snapshot.run
        name = f"{', '.join(workflow.slug for workflow in run.workflows)} #{run.slug}".strip()
        now = bool(snapshot.failures), frozenset(snapshot.waiting), snapshot.is_final
        before, self._before = self._before, now
        failed, waiting, ended = before or now
        told: list[str] = []
        if snapshot.is_final and not ended:
            told.append(f"{status.glyph(run.status)} {run.status}{f': {cause}' if cause else ''}")
            self.owes_failure = False
        elif snapshot.failures and (self.owes_failure or not failed):
            self.owes_failure = cause is None
            if cause is not None:
                told.append(f"failed: {cause or '/'.join(snapshot.failures[0])}")
        if new := [path for path in snapshot.waiting if path not in waiting]:
            told.append(f"waits for approval: {'/'.join(new[0]) or 'the run'}")
        news = " · ".join(told)
        if in_front or news:
            yield from self._titled(snapshot, name, cause or "")
        if news and self._notify:
            yield osc.BELL
            if not has_focus:
                yield osc.notification(name, news, self._environ)

    def _titled(self, snapshot: "Snapshot", name: str, cause: str) -> Iterator[str]:
        """The window's title and the progress at its icon, where they differ from the last ones."""
        state = snapshot.run.status
        if not snapshot.is_final and (snapshot.failures or snapshot.waiting):
            state = status.FAILED if snapshot.failures else status.AWAITING_APPROVAL
        percent = percentage(snapshot.fractions[()])
        share = "" if snapshot.is_final else f" {percent}%"
        why = f" · {cause[:MAX_CAUSE]}" if cause and snapshot.failures else ""
        title = f"{status.glyph(state)}{share} {name}{why}"
        if title != self._title:
            self._title = title
            yield osc.title(title)
            progress: osc.ProgressState = "failed" if snapshot.failures else "running"
            yield osc.progress("none" if snapshot.is_final else progress, percent, self._environ)
