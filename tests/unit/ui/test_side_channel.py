"""What is written to the terminal beside the screen."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from cubewatch.ui import osc
from cubewatch.ui.side_channel import SideChannel

if TYPE_CHECKING:
    from cubewatch.ui.textual_internals import FrameApp


class Written:
    is_headless = False

    def __init__(self) -> None:
        self.sequences: list[str] = []

    def write_frame(self, sequence: str) -> None:
        self.sequences.append(sequence)


@pytest.mark.parametrize(("ascii_only", "sign"), [(True, "*"), (False, "◐")])
def test_title_is_ascii_where_the_screen_is(ascii_only: bool, sign: str) -> None:
    app = Written()
    channel = SideChannel(cast("FrameApp[Any]", app), ascii_only=ascii_only)
    channel.write(osc.title("◐ 7% release #142"))
    assert app.sequences == [f"\x1b]2;{sign} 7% release #142\a"]
