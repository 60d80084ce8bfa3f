"""What tests of every level share."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.clones import Clones
from tests.support.terminal import Terminal

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tui"
SOURCE = ROOT / "tui"

StartTerminal = Callable[..., Terminal]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="store what screens look like now"
    )


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is read from, or left in, the folders of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))


@pytest.fixture
def clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clones:
    """Servers and clones, made with the real git."""
    return Clones(tmp_path, monkeypatch)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[StartTerminal]:
    """Starts cubewatch in a terminal, in an empty directory with an empty home, and with no
    more environment than is passed: `terminal("--demo", columns=120, SOURCECRAFT_TOKEN="…")`.
    `program` is run instead, if it is given: Python that starts cubewatch in its own way."""
    base = {
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONPATH": f"{SOURCE}:{ROOT}",
        "TERM": "xterm-256color",
    }
    with ExitStack() as running:

        def start(
            *words: str, columns: int = 80, rows: int = 24, program: str = "", **environ: str
        ) -> Terminal:
            module = ("-c", program) if program else ("-m", "cubewatch")
            argv = (sys.executable, *module, *words)
            return running.enter_context(
                Terminal(argv, base | environ, tmp_path, columns=columns, rows=rows)
            )

        yield start
