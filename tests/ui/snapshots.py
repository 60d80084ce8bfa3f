"""What a screen looks like, as text, against what it looked like when somebody last agreed."""

import difflib
from pathlib import Path
from typing import Any

import pytest
from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot

SNAPSHOTS = Path(__file__).parent / "snapshots"


class Snapshot:
    """Compares texts with stored ones, or stores them when asked to by `--update-snapshots`."""

    def __init__(self, *, update: bool) -> None:
        self._update = update

    def __call__(self, shown: App[Any] | Pilot[Any], name: str) -> None:
        """The screen of an app that has come to rest, with `snapshots/NAME-COLUMNSxROWS.txt`."""
        app = shown.app if isinstance(shown, Pilot) else shown
        size = f"{app.size.width}x{app.size.height}"
        self.compare(SNAPSHOTS / f"{name}-{size}.txt", screen_text(app))

    def compare(self, path: Path, text: str) -> None:
        """Any text, with the file at `path`. Fails with a diff, or if there is no such file."""
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        stored = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != stored:
            lines = difflib.unified_diff(
                stored.splitlines(), text.splitlines(), f"{path.name} as stored", "now", lineterm=""
            )
            hint = "if that is right: pytest --update-snapshots"
            pytest.fail("\n".join((*lines, hint)), pytrace=False)


def screen_text(app: App[Any]) -> str:
    """What is on screen, row by row, without spaces at the ends of rows."""
    visible_screen_stack.set(app._background_screens)
    strips = app.screen._compositor.render_strips()
    return "".join(f"{strip.text.rstrip()}\n" for strip in strips)
