"""The log of a cube taken elsewhere, and come back to."""

import os
from pathlib import Path

import pytest

from cubewatch.model.run import LogPage
from cubewatch.ui.screens.log.screen import MAX_COPIED
from tests.support.log_screen import FAILED, TEXT, showing
from tests.support.logs import CUBE
from tests.support.polling import SteppedTiming


async def test_saving_asks_before_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with showing(FAILED) as shown:
        await shown.until("complete")
        await shown.press("s")
        await shown.until("142-release-build-unit.log")
        await shown.press("ctrl+u")
        await shown.say("~/x.log")
        await shown.press("enter")
        file = tmp_path / "x.log"
        await shown.until(lambda: file.exists() and "Saved" in shown.text)
        assert file.read_text(encoding="utf-8") == FAILED
        file.write_text("mine", encoding="utf-8")
        await shown.press("s", "ctrl+u")
        await shown.say("~/x.log")
        await shown.press("enter")
        await shown.until("exists already")
        assert file.read_text(encoding="utf-8") == "mine"
        await shown.press("enter")
        await shown.until(lambda: file.read_text(encoding="utf-8") == FAILED)
        await shown.press("s", "ctrl+u")
        await shown.say("~/none/x.log")
        await shown.press("enter")
        await shown.until("Not saved")
    assert os.listdir(tmp_path) == ["x.log"]


async def test_copying_the_page_says_how_much() -> None:
    async with showing("short\nЖ\n") as shown:
        await shown.until("complete")
        await shown.press("y")
        assert shown.app.copied == ["short\nЖ\n"]
        await shown.until("Copied 2 lines")
    async with showing(("Ж" * 8000 + "\n") * 9) as shown:
        await shown.until("complete")
        await shown.press("y")
        assert len(shown.app.copied[0].encode()) <= MAX_COPIED
        await shown.until("the first")


async def test_going_back_to_a_log_asks_nothing() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        requests = len(shown.app.script.requests)
        await shown.press("q")
        await shown.app.push_screen(shown.app.log_screen())
        await shown.until("complete")
        assert "step 0499" in shown.text
        assert len(shown.app.script.requests) == requests


async def test_leaving_stops_the_asking() -> None:
    timing = SteppedTiming()
    async with showing(LogPage(TEXT), timing=timing) as shown:
        await shown.until("following")
        await shown.press("q")
        requests = len(shown.app.script.requests)
        await timing.turn(60)
        await shown.pilot.pause()
        assert len(shown.app.script.requests) == requests


async def test_a_log_that_gave_way_says_so_and_comes_again() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        shown.app.store.log(CUBE).spool.drop()
        await shown.press("q")
        await shown.app.push_screen(shown.app.log_screen())
        await shown.until("dropped to make room")
        await shown.press("r")
        await shown.until("step 0499")
