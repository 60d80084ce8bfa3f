"""The screen of a run's artifacts."""

from tui.screens.artifacts.screen import ArtifactsScreen

__all__ = ["ArtifactsScreen"]
