"""The pager has the terminal for itself, and everything else goes on."""

import signal
from pathlib import Path

from cubewatch.demo import DemoClock, demo_app
from tests.conftest import StartTerminal
from tests.support.server import Served, serve
from tests.support.terminal import Terminal

PAGER = """\
#!/bin/sh
printf 'token=%s\\n' "${SOURCECRAFT_TOKEN:-none}"
head -n 1
trap 'echo interrupted' INT
trap 'echo "pager is told to go" > "$1"; exit 0' TERM
printf 'reading\\n'
until read -r key < /dev/tty; do :; done
"""


def in_pager(terminal: StartTerminal, served: Served, folder: Path) -> Terminal:
    """cubewatch with a log in a pager that notes when it is ended."""
    script = folder / "pager"
    script.write_text(PAGER, encoding="utf-8")
    script.chmod(0o755)
    seen = terminal(
        *("watch", "138", "-R", "acme/shop"),
        columns=120,
        rows=30,
        SOURCECRAFT_API_URL=served.url,
        SOURCECRAFT_TOKEN="pv1_terminal",
        PAGER=f"{script} {folder / 'ended'}",
    )
    seen.wait_for("checkout")
    seen.send("n")
    seen.wait_for("Timed out")
    seen.send("l")
    seen.wait_for("v pager")
    seen.wait_for("Timed out")
    seen.send("v")
    seen.wait_for("reading")
    return seen


def test_ctrl_c_is_for_the_pager_and_the_token_is_not(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    with serve(demo_app(clock=DemoClock(speed=1))) as served:
        seen = in_pager(terminal, served, tmp_path)
        assert "token=none" in seen.text
        seen.send("\x03")
        seen.wait_for("interrupted")
        seen.send("\r")
        seen.wait_for("v pager")
        seen.send("qq")
        assert seen.wait_for_exit() == 0


def test_polling_goes_on_under_the_pager(terminal: StartTerminal, tmp_path: Path) -> None:
    with serve(demo_app(clock=DemoClock(speed=1))) as served:
        seen = in_pager(terminal, served, tmp_path)
        before = len(served.received("GET"))
        seen.wait_for(lambda _: len(served.received("GET")) > before)
        assert "reading" in seen.text
        seen.send("\r")
        seen.wait_for("v pager")


def test_sigterm_ends_pager_and_program(terminal: StartTerminal, tmp_path: Path) -> None:
    with serve(demo_app(clock=DemoClock(speed=1))) as served:
        seen = in_pager(terminal, served, tmp_path)
        seen.signal(signal.SIGTERM)
        assert seen.wait_for_exit() == 143
        assert (tmp_path / "ended").exists()
        assert seen.modes() == seen.modes_before
