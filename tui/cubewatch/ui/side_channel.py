"""SideChannel: control sequences that have no place on the screen, such as the title."""

from typing import TYPE_CHECKING, Any

from cubewatch.ui.theme import in_ascii

if TYPE_CHECKING:
    from cubewatch.ui.textual_internals import FrameApp


class SideChannel:
    """Writes control sequences; they wait while another program has the terminal."""

    def __init__(self, app: "FrameApp[Any]", *, ascii_only: bool) -> None:
        self._app = app
        self._ascii_only = ascii_only
        self._held: list[str] | None = None

    def write(self, sequence: str) -> None:
        if self._held is not None:
            self._held.append(sequence)
        elif sequence and not self._app.is_headless:
            self._app.write_frame(in_ascii(sequence) if self._ascii_only else sequence)

    def hold(self) -> None:
        """Holds back control sequences while another program has the terminal."""
        self._held = []

    def release(self) -> None:
        """Writes the held sequences once the terminal is ours again."""
        held, self._held = self._held or [], None
        self.write("".join(held))
        self._app.refresh(layout=True)
