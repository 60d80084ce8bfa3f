"""The search through the logs of a run."""

from tui.screens.search.screen import SearchScreen

__all__ = ["SearchScreen"]
