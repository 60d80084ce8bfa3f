"""Notifier: tells a person who looks elsewhere: window title, bell, notification, progress."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import percentage
from cubewatch.ui import osc

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Path, Snapshot


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

    def sequences(self, snapshot: "Snapshot", *, has_focus: bool) -> str:
        """Control sequences for a new state. `has_focus`: the person sees the terminal."""
        return "".join(self._sequences(snapshot, has_focus))

    def _sequences(self, snapshot: "Snapshot", has_focus: bool) -> Iterator[str]:
        run = snapshot.run
        name = f"{', '.join(workflow.slug for workflow in run.workflows)} #{run.slug}".strip()
        yield from self._titled(snapshot, name)
        now = bool(snapshot.failures), frozenset(snapshot.waiting), snapshot.is_final
        before, self._before = self._before, now
        if before is None:
            return
        failed, waiting, ended = before
        news = ""
        if snapshot.is_final and not ended:
            news = f"{status.glyph(run.status)} {run.status}"
        elif snapshot.failures and not failed:
            news = f"failed: {'/'.join(snapshot.failures[0])}"
        elif new := [path for path in snapshot.waiting if path not in waiting]:
            news = f"waits for approval: {'/'.join(new[0])}"
        if news and self._notify:
            yield osc.BELL
            if not has_focus:
                yield osc.notification(name, news, self._environ)

    def _titled(self, snapshot: "Snapshot", name: str) -> Iterator[str]:
        """The window's title and the progress at its icon, where they differ from the last ones."""
        state = snapshot.run.status
        if not snapshot.is_final and (snapshot.failures or snapshot.waiting):
            state = status.FAILED if snapshot.failures else status.AWAITING_APPROVAL
        percent = percentage(snapshot.fractions[()])
        share = "" if snapshot.is_final else f" {percent}%"
        title = f"{status.glyph(state)}{share} {name}"
        if title != self._title:
            self._title = title
            yield osc.title(title)
            progress: osc.ProgressState = "failed" if snapshot.failures else "running"
            yield osc.progress("none" if snapshot.is_final else progress, percent, self._environ)
