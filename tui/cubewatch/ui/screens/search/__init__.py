"""The search through the logs of a run."""

from cubewatch.ui.screens.search.screen import SearchScreen

__all__ = ["SearchScreen"]
