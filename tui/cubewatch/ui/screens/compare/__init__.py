"""The screen that says what differs in a run from the last good one."""

from cubewatch.ui.screens.compare.screen import CompareScreen

__all__ = ["CompareScreen"]
