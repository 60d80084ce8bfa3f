"""Herald: tells also those who don't look: title, bell, notification, progress at the icon."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import percentage
from cubewatch.ui import osc

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.watch.updates import Fresh


class Herald:
    """Says each thing once: how far it is, the first failure, the end.

    What had already happened when the watching began is no news.
    """

    def __init__(self, environ: Mapping[str, str], notify: bool) -> None:
        self._environ = environ
        self._notify = notify
        self._title = ""
        self._failed: bool | None = None
        self._ended: bool | None = None

    def told(self, fresh: "Fresh", *, looking: bool) -> str:
        """Control sequences for a new state; `looking`: the terminal has the focus."""
        return "".join(self._sequences(fresh.snapshot, looking))

    def _sequences(self, snapshot: "Snapshot", looking: bool) -> Iterator[str]:
        run = snapshot.run
        name = f"{', '.join(workflow.slug for workflow in run.workflows)} #{run.slug}".strip()
        percent = percentage(snapshot.fractions[()])
        share = "" if snapshot.is_final else f" {percent}%"
        title = f"{status.glyph(run.status)}{share} {name}"
        if title != self._title:
            self._title = title
            yield osc.title(title)
            state: osc.ProgressState = "failed" if snapshot.failures else "running"
            yield osc.progress("none" if snapshot.is_final else state, percent, self._environ)
        failed, ended = bool(snapshot.failures), snapshot.is_final
        if self._ended is False and ended:
            yield from self._call(name, f"{status.glyph(run.status)} {run.status}", looking)
        elif self._failed is False and failed:
            yield from self._call(name, f"failed: {'/'.join(snapshot.failures[0])}", looking)
        self._failed, self._ended = failed, ended

    def _call(self, name: str, news: str, looking: bool) -> Iterator[str]:
        if self._notify:
            yield osc.BELL
            if not looking:
                yield osc.notification(name, news, self._environ)
