"""Lines to a file descriptor: every encoding, every reader."""

import os
from threading import Thread

import pytest

from cubewatch.headless.output import Output, OutputError


def test_what_an_encoding_has_no_character_for() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "wb") as writer:
        ascii_only = Output(writer.fileno(), "ascii")
        assert (ascii_only.arrow, ascii_only.is_ready) == ("->", True)
        ascii_only.write(["a ␛ é \ud800"])
        assert reader.readline() == b"a \\u241b \\xe9 \\ud800\n"
        assert Output(writer.fileno(), "utf-8").arrow == "→"


def test_output_fails_when_its_reader_is_gone() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as writer, pytest.raises(OutputError) as caught:
        Output(writer.fileno(), "utf-8").write(["line"])
    assert caught.value.broken_pipe


def test_a_reader_that_is_slow_gets_all_of_it() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    line = "x" * 300_000

    def write() -> None:
        with os.fdopen(writing, "wb") as writer:
            Output(writer.fileno(), "utf-8").write([line, "end"])

    thread = Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb") as reader:
        assert reader.read() == f"{line}\nend\n".encode()
    thread.join()
