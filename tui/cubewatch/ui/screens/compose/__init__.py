"""Composing a run: a form, what it amounts to, and sending it once."""

from cubewatch.ui.screens.compose.screen import ComposeScreen
from cubewatch.ui.screens.compose.sending import Started, UnderWay

__all__ = ["ComposeScreen", "Started", "UnderWay"]
