"""The screen of all runs of one or several repositories."""

from cubewatch.ui.screens.runs.screen import RunsScreen

__all__ = ["RunsScreen"]
