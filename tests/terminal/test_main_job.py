"""The main job in a real terminal: compose a run, send it, watch it to its end."""

import pytest

from cubewatch.demo import DemoClock, demo_app
from tests.conftest import StartTerminal
from tests.support.server import serve
from tests.support.terminal import Terminal

CTRL_R = "\x12"
SIZES = [(40, 12), (80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_demo_runs_from_the_form_to_its_end(
    terminal: StartTerminal, columns: int, rows: int
) -> None:
    words = ("--demo", "--demo-speed", "60", "run", "release", "VERSION=1.5.0")
    seen = terminal(*words, columns=columns, rows=rows)
    seen.wait_for("Ready: ")
    seen.send(CTRL_R)
    seen.wait_for("✓ success")
    seen.send("q")
    seen.wait_for("cubewatch")
    seen.send("q")
    assert seen.wait_for_exit() == 0
    assert "✓ #" in seen.text
    assert seen.modes() == seen.modes_before


def test_a_run_that_fails_shows_where(terminal: StartTerminal) -> None:
    words = ("--demo", "--demo-speed", "60", "run", "release", "VERSION=1", "FAIL_AT=unit", "-y")
    seen = terminal(*words, columns=120, rows=40)
    seen.wait_for("✗ FAILED in")
    seen.wait_for("build › unit")
    assert b"\a" in seen.raw


def test_the_demo_has_runs_of_several_repositories(terminal: StartTerminal) -> None:
    seen = terminal("--demo", "runs", columns=80, rows=24)
    seen.wait_for("Runs of 5 repositories")
    seen.wait_for("! acme/archive: the server is in trouble (500)")
    seen.wait_for("search     release · production")
    seen.send("q")
    assert seen.wait_for_exit() == 0


def test_run_sends_one_post_with_the_chosen_body(
    terminal: StartTerminal,
) -> None:
    with serve(demo_app(clock=DemoClock(60))) as served:
        seen = _started(terminal, served.url)
        seen.wait_for("Ready: ")
        seen.send(CTRL_R + CTRL_R)
        seen.wait_for("✓ success")
        posts = served.received("POST")
        before = len(served.requests)
        seen.send("q")
        seen.wait_for("Ready: ")
    assert [post.body for post in posts] == [
        b'{"head":{"branch":"release/1.5"},"workflows":[{"name":"release",'
        b'"values":[{"name":"VERSION","value":"1.5.0"}]}]}'
    ]
    assert posts[0].path == "/repos/acme/shop/cicd/runs"
    assert posts[0].headers["authorization"] == "Bearer pv1_terminal"
    later = served.requests[before:]
    assert {one.method for one in later} <= {"GET"}, "nothing is sent twice"


def _started(terminal: StartTerminal, url: str) -> Terminal:
    words = ("-R", "acme/shop", "run", "release", "VERSION=1.5.0", "--ref", "release/1.5")
    return terminal(
        *words,
        columns=120,
        rows=40,
        SOURCECRAFT_API_URL=url,
        SOURCECRAFT_TOKEN="pv1_terminal",
    )
