"""The log of a cube: as a pane, and as a screen of its own."""

from cubewatch.ui.screens.log.cube_log import CubeLog
from cubewatch.ui.screens.log.screen import LogScreen

__all__ = ["CubeLog", "LogScreen"]
