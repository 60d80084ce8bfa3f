"""The screen of a run's artifacts."""

from cubewatch.ui.screens.artifacts.screen import ArtifactsScreen

__all__ = ["ArtifactsScreen"]
