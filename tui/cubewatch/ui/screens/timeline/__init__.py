"""The screen that shows a run as bars on a time axis."""

from cubewatch.ui.screens.timeline.screen import TimelineScreen

__all__ = ["TimelineScreen"]
