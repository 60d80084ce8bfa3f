"""Composing a run: a form, a preview of the request, and sending it once."""

from cubewatch.ui.screens.compose.screen import ComposeScreen
from cubewatch.ui.screens.compose.sending import Started, UnderWay

__all__ = ["ComposeScreen", "Started", "UnderWay"]
