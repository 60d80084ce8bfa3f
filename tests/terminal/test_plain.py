"""Watching without a screen as a shell, a pipe and a CI job see it: bytes and exit status."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.conftest import SOURCE, StartTerminal
from tests.support.clones import Clones
from tests.support.runs import Json, big, cube, dates, run, task, workflow
from tests.support.server import Served, serve
from tests.support.terminal import TIMEOUT

URL = "https://sourcecraft.dev/acme/shop/cicd/runs/142"
WATCH = ("watch", "142", "-R", "acme/shop")
START = ("run", "release", "-y", "-R", "acme/shop", "--plain")

HANGING = "hangs"
Step = Json | int | str
Start = Callable[..., "subprocess.Popen[bytes]"]


class Api:
    """Answers the calls of each kind in turn, the last answer for ever; a number is a status, and
    a HANGING one gets no answer until the client leaves."""

    def __init__(self) -> None:
        self.run: list[Step] = [run("processing")]
        self.runs: list[Step] = [{"runs": [run("processing")]}]
        self.post: list[Step] = [run("created")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        steps = self.run
        if request.url.path.endswith("/cicd/runs"):
            steps = self.post if request.method == "POST" else self.runs
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, str):
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        answer = Response(status_code=step) if isinstance(step, int) else JSONResponse(step)
        await answer(scope, receive, send)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def served(api: Api) -> Iterator[Served]:
    with serve(api) as served:
        yield served


@pytest.fixture
def start(served: Served, tmp_path: Path) -> Start:
    """Starts cubewatch with pipes for its output and no terminal anywhere."""

    def begin(
        *words: str, ignored: signal.Signals | None = None, **environ: str
    ) -> "subprocess.Popen[bytes]":
        base = {"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(SOURCE)}
        return subprocess.Popen(
            [sys.executable, "-m", "cubewatch", *words],
            cwd=tmp_path,
            env=base | _api(served) | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=partial(_hear_signals, ignored),
        )

    return begin


def _hear_signals(ignored: signal.Signals | None) -> None:
    """Whoever runs the tests in the background or under nohup has them ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if number == ignored else signal.SIG_DFL)


def _api(served: Served) -> dict[str, str]:
    return {"SOURCECRAFT_API_URL": served.url, "SOURCECRAFT_TOKEN": "pv1_x"}


def ended(process: "subprocess.Popen[bytes]") -> tuple[int, list[str]]:
    """The exit status and the lines of a process that leaves nothing on standard error."""
    out, err = process.communicate(timeout=TIMEOUT)
    assert err == b""
    assert b"\x1b" not in out
    return process.returncode, out.decode().splitlines()


def wait_for_line(process: "subprocess.Popen[bytes]", part: bytes) -> None:
    assert process.stdout
    line = b"nothing yet"
    while part not in line:
        assert line, "the output has ended"
        line = process.stdout.readline()


HOSTILE = "unit\x1b]0;gone\x07\x9b31m\u202e"


@pytest.mark.parametrize(
    ("environ", "arrow", "shown"),
    [
        ({"LANG": "C.UTF-8"}, "→", "unit␛]0;gone␇"),
        ({"LANG": "C"}, "→", "unit␛]0;gone␇"),
        ({"LC_ALL": "POSIX"}, "→", "unit␛]0;gone␇"),
        ({"PYTHONIOENCODING": "ascii"}, "->", r"unit\u241b]0;gone\u2407"),
    ],
    ids=str,
)
def test_success_in_every_encoding(
    api: Api, start: Start, environ: dict[str, str], arrow: str, shown: str
) -> None:
    def state(status: str) -> Json:
        unit = cube(HOSTILE, status, dates=dates(1, 62 if status == "success" else None))
        built = task("build", status, unit)
        return run(status, workflow("release", status, built), dates=dates(1, 92))

    api.run = [state("processing"), state("success")]
    status, lines = ended(start(*WATCH, "--plain", **environ))
    assert (status, lines[-1]) == (0, f"run #142 success in 1m31s {URL}")
    assert all(re.match(r"\d\d:\d\d:\d\d  \S", line) for line in lines[:-1])
    [moved] = [line for line in lines if "unit" in line and arrow in line]
    assert f"release/build/{shown}" in moved
    assert moved.endswith("  1m01s")
    assert f"processing {arrow} success" in moved


@pytest.mark.parametrize(
    ("final", "exit_status"),
    [("failed", 1), ("canceled", 1), ("timeout", 1), ("rejected", 1), ("skipped", 0)],
)
def test_every_other_end_as_json(api: Api, start: Start, final: str, exit_status: int) -> None:
    api.run = [run(final, error_messages=["workflows found - 4, 3 allowed"])]
    status, lines = ended(start(*WATCH, "--json"))
    assert status == exit_status
    first, *_, last = (json.loads(line) for line in lines)
    assert (first["event"], first["run"]) == ("run", "142")
    assert (last["event"], last["status"], last["exit_status"]) == ("end", final, exit_status)
    assert last["error_messages"] == ["workflows found - 4, 3 allowed"]


def test_an_outage_that_ends(api: Api, start: Start) -> None:
    api.run = [503, 503, run("success")]
    status, lines = ended(start(*WATCH))
    assert (status, lines[-1]) == (0, f"run #142 success {URL}")
    assert "trouble: the server is in trouble (503); next try in " in lines[0]
    assert "recovered: an answer again after " in lines[1]
    assert lines[1].endswith(" and 2 failed tries")


def test_an_outage_that_is_given_up(api: Api, start: Start) -> None:
    api.run = [503]
    status, lines = ended(start("--give-up", "1s", *WATCH))
    words = "given up after 1s without an answer: the server is in trouble (503)"
    assert (status, lines[-1]) == (3, f"run #142 not seen: {words} {URL}")


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal(api: Api, start: Start, code: int) -> None:
    api.run = [code]
    status, lines = ended(start(*WATCH))
    assert (status, lines[-1].endswith(f"({code}) {URL}")) == (3, True)


def test_the_newest_run_without_a_number(api: Api, start: Start) -> None:
    api.run = [run("success")]
    status, lines = ended(start("watch", "-R", "acme/shop"))
    assert status == 0
    assert "run #142  acme/shop" in lines[0]


@pytest.mark.parametrize(("answer", "exit_status"), [(422, 2), (403, 3)])
def test_a_run_that_is_not_started(
    api: Api, served: Served, start: Start, answer: int, exit_status: int
) -> None:
    api.post = [answer]
    status, lines = ended(start(*START))
    assert status == exit_status
    assert lines[-1].startswith("no run was started: ")
    assert len(served.requests) == 1


def test_a_run_that_the_clone_speaks_against_is_not_sent(
    served: Served, start: Start, clones: Clones
) -> None:
    clones.server(config="workflows: {release: {inputs: {VERSION: {required: true}}}}")
    words, folder = ("run", "release", "-y", "--plain"), str(clones.clone() / ".git")
    out, err = start(*words, GIT_DIR=folder).communicate(timeout=TIMEOUT)
    config = "(config from origin/main; git fetch may bring a newer one)"
    add = f"VERSION is required: add VERSION=... behind release {config}"
    assert (out, err.decode()) == (b"", f"cubewatch: {add}\n")
    assert served.requests == []
    process = start(*words, "VERSION=1", GIT_DIR=folder)
    wait_for_line(process, b"run #142")
    process.kill()
    process.communicate(timeout=TIMEOUT)
    [posted] = served.received("POST")
    assert b"VERSION" in posted.body


def test_a_run_whose_answer_is_lost_is_found_and_not_started_again(
    api: Api, served: Served, start: Start
) -> None:
    created = {"created_at": "2999-01-01T00:00:00Z"}
    named = run("created", workflow("release", "created"), event_type="manual", dates=created)
    api.post, api.runs, api.run = [502], [{"runs": [named]}], [run("success")]
    status, lines = ended(start(*START))
    assert (status, lines[-1]) == (0, f"run #142 success {URL}")
    [posted] = served.received("POST")
    assert json.loads(posted.body) == {"workflows": [{"name": "release"}]}


@pytest.mark.parametrize(
    ("number", "exit_status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_ends_it_at_once(start: Start, number: signal.Signals, exit_status: int) -> None:
    watching = start(*WATCH)
    wait_for_line(watching, b"processing")
    watching.send_signal(number)
    status, lines = ended(watching)
    assert status == exit_status
    assert lines == [f"run #142 processing: interrupted, the run itself goes on {URL}"]


def test_a_signal_that_is_ignored_ends_nothing(api: Api, start: Start) -> None:
    api.run = [run("processing"), run("success")]
    watching = start(*WATCH, ignored=signal.SIGHUP)
    wait_for_line(watching, b"processing")
    watching.send_signal(signal.SIGHUP)
    status, lines = ended(watching)
    assert (status, lines[-1]) == (0, f"run #142 success {URL}")


def test_a_signal_ends_it_when_the_reader_is_gone(api: Api, served: Served, start: Start) -> None:
    api.run = [big(100, 50)]
    watching = start(*WATCH, "--json")
    assert watching.stdout
    watching.stdout.read(1)
    watching.send_signal(signal.SIGINT)
    assert watching.wait(TIMEOUT) == 130
    watching.communicate(timeout=TIMEOUT)


def test_a_pipe_that_is_closed_ends_it_quietly(api: Api, start: Start) -> None:
    api.run = [run("processing"), run("pondering"), run("processing"), run("success")]
    watching = start(*WATCH)
    assert watching.stdout
    watching.stdout.readline()
    watching.stdout.close()
    assert watching.wait(TIMEOUT) == 141
    assert watching.stderr
    with watching.stderr as err:
        assert err.read() == b""


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_is_none(
    api: Api, served: Served, terminal: StartTerminal, environ: dict[str, str]
) -> None:
    api.run = [run("success")]
    cubewatch = terminal(*WATCH, columns=120, **_api(served), **environ)
    assert cubewatch.wait_for_exit() == 0
    assert cubewatch.screen[2] == f"run #142 success {URL}"
    assert b"\x1b" not in cubewatch.raw
    assert cubewatch.modes() == cubewatch.modes_before


def test_no_screen_is_loaded(api: Api, start: Start) -> None:
    api.run = [run("success")]
    watching = start(*WATCH, PYTHONPROFILEIMPORTTIME="1")
    _, err = watching.communicate(timeout=TIMEOUT)
    assert watching.returncode == 0
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in err.decode().split("\n")}
    assert {"cubewatch", "httpx"} <= names
    assert not {"textual", "starlette", "uvicorn", "yaml"} & names


def test_a_request_that_hangs_is_given_up_in_time(api: Api, start: Start) -> None:
    """The deadline of a request is 30 s; five must do."""
    api.run = [run("processing"), HANGING]
    begun = time.monotonic()
    with start(*WATCH, "--plain", "--heartbeat", "0", "--give-up", "5s") as process:
        output, _ = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 3
    assert time.monotonic() - begun < 25
    last = output.decode().splitlines()[-1]
    assert last == f"run #142 processing: given up after 5s without an answer {URL}"


def test_a_request_that_hangs_is_said_by_the_heartbeat(api: Api, start: Start) -> None:
    api.run = [run("processing"), HANGING]
    with start(*WATCH, "--plain", "--heartbeat", "5", "--give-up", "12s") as process:
        output, _ = process.communicate(timeout=TIMEOUT)
    beats = [line for line in output.decode().splitlines() if "no answer for " in line]
    assert beats
