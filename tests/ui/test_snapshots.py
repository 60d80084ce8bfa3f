"""The comparison that the tests of all screens trust."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tests.ui.snapshots import Snapshot, screen_text


class Question(ModalScreen[None]):
    CSS = "Question { align: center middle; } Question Static { width: auto; }"

    def compose(self) -> ComposeResult:
        yield Static("sure?")


class Plain(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(Content("[b]日本 ✓  "))


async def test_text_is_what_is_seen_under_a_dialog_too() -> None:
    async with Plain().run_test(size=(20, 3)) as pilot:
        assert screen_text(pilot.app) == "[b]日本 ✓\n\n\n"
        await pilot.app.push_screen(Question())
        await pilot.pause()
        assert screen_text(pilot.app) == "[b]日本 ✓\n       sure?\n\n"


def test_what_is_stored_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "snapshots" / "screen.txt"
    with pytest.raises(pytest.fail.Exception, match="pytest --update-snapshots"):
        Snapshot(update=False).compare(path, "old\n")
    Snapshot(update=True).compare(path, "old\n")
    Snapshot(update=False).compare(path, "old\n")
    with pytest.raises(pytest.fail.Exception, match="-old\n\\+new\n"):
        Snapshot(update=False).compare(path, "new\n")
