"""A terminal that goes away while it is drawn on."""

import os
import sys
from io import TextIOWrapper

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from cubewatch.runtime.quiet_stream import unbroken_terminal


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> int:
    """The other end of what stands for the terminal; it can be closed."""
    reading, writing = os.pipe()
    stream = TextIOWrapper(os.fdopen(writing, "wb"), encoding="utf-8", line_buffering=True)
    monkeypatch.setattr(sys, "__stderr__", stream)
    return reading


def test_drawing_can_stop_when_the_reader_is_gone(reader: int) -> None:
    with unbroken_terminal():
        assert sys.__stderr__
        thread = WriterThread(sys.__stderr__)
        thread.start()
        os.close(reader)
        for _ in range(3 * MAX_QUEUED_WRITES):
            thread.write("x" * 10_000)
        thread.stop()
    assert not thread.is_alive()


def test_what_is_drawn_arrives_and_the_stream_is_given_back(reader: int) -> None:
    before = sys.__stderr__
    with unbroken_terminal():
        assert sys.__stderr__
        assert sys.__stderr__.write("тест\n") == 5
    assert sys.__stderr__ is before
    assert os.read(reader, 100).decode() == "тест\n"
    os.close(reader)
