"""What of a log goes to standard output: text that steers nothing, and none of it twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cubewatch.headless.log_text import CHUNK, LogPrinter, text_of
from cubewatch.headless.output import Output
from cubewatch.logs.log_line import plain
from cubewatch.logs.spool import LogSpool
from tests.support.logs import spool_of

LINES = [
    (b"plain", "plain"),
    ("Кириллица 😀".encode(), "Кириллица 😀"),
    (b"\x1b[1;31mred\x1b[0m", "red"),
    (b"10%\r20%\r30%", "30%"),
    (b"100%\r", "100%"),
    (b"dos\r\r", "dos"),
    (b"long text\rshort", "short"),
    (b"1/9\x1b[2K\x1b[1G2/9", "2/9"),
    (b"50%\r\x1b[0m", "50%"),
    (b"\x1b]0;title\x07text", "text"),
    (b"\x1b]52;c;AAAA\x1b\\text", "text"),
    (b"\x1bPq#0\x1b\\text", "text"),
    (b"a\x07b\x08c\x00", "a␇c␀"),
    ("x\u202ey".encode(), "x\ufffdy"),
    (b"\xff\xfe", "\ufffd\ufffd"),
    (b"cut \x1b[3", "cut "),
    (b"", ""),
]


@pytest.mark.parametrize(("line", "text"), LINES)
def test_a_line_is_what_a_screen_would_show(line: bytes, text: str) -> None:
    assert text_of(line) == plain(line, len(line)) == text


def test_lines_do_not_mix() -> None:
    data = b"\n".join(line for line, _ in LINES) + b"\r\n"
    assert text_of(data) == "\n".join(text for _, text in LINES) + "\n"


def test_tabs_stay_and_controls_of_eight_bits_do_not() -> None:
    assert text_of("a\t\tb\x9b31m\n".encode()) == "a\t\tb\ufffd31m\n"


def test_a_line_without_a_return_is_looked_at_once() -> None:
    data = b"x" * 2_000_000 + b"\n\r"
    assert text_of(data) == "x" * 2_000_000 + "\n"


class Printed:
    """A spool, its printer, and the file that it prints to."""

    def __init__(self, place: Path, *, raw: bool) -> None:
        self.place = place
        self.spool = LogSpool()
        self.file = place.open("wb")
        self.printer = LogPrinter(self.spool, Output(self.file.fileno(), "utf-8"), raw=raw)

    def add(self, data: bytes, *, to_end: bool = False) -> bool:
        self.spool.append(data)
        return self.printer.go_on(to_end=to_end)

    def begin_again(self, size: int = 0) -> None:
        self.spool.cut(size)
        self.printer.restarted()

    @property
    def out(self) -> bytes:
        return self.place.read_bytes()


@pytest.fixture(params=[True, False], ids=["raw", "text"])
def printed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Printed]:
    printed = Printed(tmp_path / "out", raw=request.param)
    with printed.file:
        yield printed


def test_a_log_that_comes_again_is_not_printed_again(printed: Printed) -> None:
    printed.add(b"one\ntwo\n")
    printed.add(b"three\n")
    printed.begin_again()
    assert not printed.add(b"one\nt")
    assert not printed.add(b"wo\nthree\n")
    assert not printed.add(b"four\n")
    assert printed.out == b"one\ntwo\nthree\nfour\n"


def test_a_log_that_has_changed_follows_from_there(printed: Printed) -> None:
    printed.add(b"one\n")
    printed.add(b"two\n")
    printed.begin_again(4)
    assert printed.add(b"TWO\nthree\n")
    assert not printed.add(b"four\n")
    assert printed.out == b"one\ntwo\nTWO\nthree\nfour\n"


def test_a_log_that_ends_earlier_now_is_all_there(printed: Printed) -> None:
    printed.add(b"one\n")
    printed.add(b"two\nthree\n")
    printed.begin_again()
    assert not printed.add(b"one\n2\n")
    assert printed.add(b"", to_end=True)
    assert printed.out == b"one\ntwo\nthree\n2\n"


def test_a_line_is_printed_when_it_is_whole(tmp_path: Path) -> None:
    printed = Printed(tmp_path / "out", raw=False)
    with printed.file:
        printed.add(b"one\n50")
        assert printed.out == b"one\n"
        printed.add(b"%\r100%\nend")
        assert printed.out == b"one\n100%\n"
        printed.add(b"\x1b[0m.", to_end=True)
        assert printed.out == b"one\n100%\nend."
        printed.printer.end_line()
        assert printed.out == b"one\n100%\nend.\n"


def test_long_lines_and_many_lines(printed: Printed) -> None:
    data = "😀".encode() * CHUNK + b"\n" + b"x\n" * CHUNK
    printed.add(data, to_end=True)
    assert printed.out == data


def test_an_empty_log_has_no_line_to_end(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        LogPrinter(spool_of(), Output(file.fileno(), "utf-8"), raw=True).end_line()
    assert (tmp_path / "out").read_bytes() == b""


def test_spinners_leave_what_they_wrote_last() -> None:
    assert text_of("Solving: -\b\\\b|\bdone\nпуть\b\b\b\bok\n".encode()) == "Solving: done\nok\n"
    assert text_of("\ufeffbegin\n".encode()) == "begin\n"
