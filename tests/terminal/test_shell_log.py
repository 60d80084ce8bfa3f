"""Logs and artifacts as a shell sees them: bytes, exit status, signals, pipes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from cubewatch.demo import DemoClock, demo_app
from cubewatch.headless.log_text import text_of
from cubewatch.runtime.clock import Timing
from tests.conftest import SOURCE
from tests.support.logs import LogServer
from tests.support.server import Served, serve
from tests.support.shell import UNIT, LogApi, release
from tests.support.terminal import TIMEOUT

PAGES = "/repos/acme/shop/cicd/logs/138/release/e2e/checkout?page="
FAILED = "acme/shop#138"
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts cubewatch with pipes for its output and no terminal anywhere."""
    with ExitStack() as running:

        def begin(*words: str, served: Served | None = None) -> "subprocess.Popen[bytes]":
            base = {"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(SOURCE)}
            base |= {"LANG": "C", "SOURCECRAFT_TOKEN": "pv1_x"}
            process = subprocess.Popen(
                [sys.executable, "-m", "cubewatch", *words],
                cwd=tmp_path,
                env=base | ({"SOURCECRAFT_API_URL": served.url} if served else {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=_hear_signals,
            )
            running.callback(process.communicate)
            running.callback(process.kill)
            return process

        yield begin


def _hear_signals() -> None:
    """Whoever runs the tests in the background or under nohup has them ignored."""
    for number, _ in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def ended(process: "subprocess.Popen[bytes]") -> tuple[int, bytes, str]:
    out, err = process.communicate(timeout=TIMEOUT)
    return process.returncode, out, err.decode()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def as_served(served: Served) -> bytes:
    """A log of the demo, put together by somebody else."""
    text = ""
    for page in range(1, 99):
        request = Request(f"{served.url}{PAGES}{page}", headers={"Authorization": "Bearer x"})  # noqa: S310, http on this machine
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                text += json.load(answer)["logs"]
        except HTTPError:
            break
    return text.encode()


@pytest.mark.parametrize("follow", [(), ("--follow",)], ids=["now", "follow"])
def test_a_log_of_the_demo_byte_for_byte(start: Start, follow: tuple[str, ...]) -> None:
    with serve(demo_app(clock=DemoClock())) as served:
        wanted = as_served(served)
        raw = ended(start("log", FAILED, "e2e/checkout", "--raw", *follow, served=served))
        text = ended(start("log", FAILED, "checkout", *follow, served=served))
        heads = ended(start("log", FAILED, "--failed", *follow, served=served))
    assert b"\x1b[" in wanted
    assert raw == (0, wanted, "")
    shown = text_of(wanted).encode()
    assert b"\x1b" not in shown
    assert text == (0, shown, "")
    assert heads == (0, b"==> release/e2e/checkout <==\n" + shown, "")


@pytest.mark.parametrize("habit", ["missing", "repeat"])
def test_small_pages_in_real_time(start: Start, habit: str) -> None:
    wanted = "один\n\x1b[31m два\x1b[0m 50%\r100%\nend"
    server = LogServer(Timing(), wanted, 7, habit=habit, rate=20)
    with serve(LogApi({UNIT: server}, [release("processing")])) as served:
        done = ended(start("log", "acme/shop#142", "unit", "-f", "--raw", served=served))
    assert done == (0, wanted.encode(), "")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_characters_cut_by_the_end_of_a_page_are_whole_again(start: Start, size: int) -> None:
    wanted = "один 😀 два\n".encode()
    server = LogServer(Timing(), wanted.decode("ascii", "surrogateescape"), size)
    with serve(LogApi({UNIT: server}, [release()])) as served:
        done = ended(start("log", "acme/shop#142", "unit", "--raw", served=served))
        text = ended(start("log", "acme/shop#142", "unit", served=served))
    assert done == text == (0, wanted, "")


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (("log", "acme/shop#142"), 2, "cubewatch: whose log? add a PATH, or --failed; run #142"),
        (("log", "acme/shop#142", "lint"), 2, "cubewatch: no cube of run #142 is called lint"),
        (("log", "acme/shop#142", "unit"), 0, f"cubewatch: {UNIT}: has not begun (created)\n"),
        (("log", "acme/site#142", "unit"), 0, f"cubewatch: {UNIT}: has not begun (created)\n"),
        (("artifacts", "acme/shop#142", "x"), 2, "cubewatch: x: this run keeps no such artifact"),
    ],
)
def test_what_there_is_to_say_goes_to_standard_error(
    start: Start, words: tuple[str, ...], status: int, expected: str
) -> None:
    with serve(LogApi(runs=[release("created")])) as served:
        code, out, err = ended(start(*words, served=served))
    assert (code, out) == (status, b"")
    assert err.startswith(expected)


@pytest.mark.parametrize(
    "words", [("log", "acme/shop#142", "unit"), ("artifacts", "acme/shop#142")]
)
@pytest.mark.parametrize("answer", [401, 404])
def test_a_refusal(start: Start, words: tuple[str, ...], answer: int) -> None:
    with serve(LogApi(runs=[answer])) as served:
        code, out, err = ended(start(*words, served=served))
    assert (code, out) == (3, b"")
    assert f"({answer})" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_signal_ends_the_following(start: Start, number: signal.Signals, status: int) -> None:
    server = LogServer(Timing(), "one\n" * 999, 7000, rate=4)
    with serve(LogApi({UNIT: server})) as served:
        following = start("log", "acme/shop#142", "unit", "--follow", served=served)
        assert following.stdout
        assert following.stdout.readline() == b"one\n"
        following.send_signal(number)
        code, _, err = ended(following)
    assert (code, err) == (status, "")


def test_a_pipe_that_is_closed_ends_it_quietly(start: Start) -> None:
    server = LogServer(Timing(), "one\n" * 999, 7000, rate=8)
    with serve(LogApi({UNIT: server})) as served:
        following = start("log", "acme/shop#142", "unit", "--follow", served=served)
        assert following.stdout
        assert following.stdout.readline() == b"one\n"
        following.stdout.close()
        assert following.wait(TIMEOUT) == 141
        assert following.stderr
        assert following.stderr.read() == b""


LARGE = ("artifacts", "138", "dist/migrate", "--demo")
BEGUN = 300_000
"""Bytes that come before it is interrupted."""


def checksum(place: Path) -> str:
    return sha256(place.read_bytes()).hexdigest()


def interrupted(loading: "subprocess.Popen[bytes]", folder: Path, number: signal.Signals) -> bytes:
    """What is left of a download when a signal ends it: all that was written, under no name."""
    wait_until(lambda: any(file.stat().st_size > BEGUN for file in folder.glob("*")))
    loading.send_signal(number)
    code, out, err = ended(loading)
    assert (code, out) == (128 + number, b"")
    assert err.splitlines()[-1].startswith("cubewatch: interrupted: what has come is kept")
    assert not (folder / "migrate").exists()
    [part] = [file for file in folder.iterdir() if file.stat().st_size > BEGUN]
    return part.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_download_that_is_ended(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    interrupted(start(*LARGE), tmp_path / "dist", number)


def test_a_download_that_is_interrupted_goes_on(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "dist"
    begun = interrupted(start(*LARGE, "--dir", "out"), folder, signal.SIGINT)
    again = ended(start(*LARGE, "--dir=out", "--demo-speed", "100"))
    assert again == (0, b"out/dist/migrate\n", "")
    again = ended(start(*LARGE, "--dir=~/again", "--demo-speed", "100"))
    assert again == (0, f"{tmp_path}/again/dist/migrate\n".encode(), "")
    assert (folder / "migrate").read_bytes().startswith(begun)
    assert checksum(folder / "migrate") == checksum(tmp_path / "again/dist/migrate")
    assert [file.name for file in folder.iterdir()] == ["migrate"]


def test_a_list_of_what_is_kept(start: Start) -> None:
    code, out, err = ended(start("artifacts", "138", "--demo"))
    assert (code, err) == (0, "")
    assert "success     release/build/package/dist/SHA256SUMS" in out.decode().splitlines()


@pytest.mark.parametrize("words", [("log", "138", "checkout"), ("artifacts", "138")])
def test_no_screen_is_loaded(start: Start, words: tuple[str, ...], tmp_path: Path) -> None:
    script = f"import sys, cubewatch.cli; code = cubewatch.cli.main({[*words, '--demo']!r})\n"
    script += "sys.exit(code or 9 * ('textual' in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SOURCE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
