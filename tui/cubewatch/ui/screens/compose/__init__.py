"""Composing a run: a form, what it amounts to, and sending it once."""

from cubewatch.ui.screens.compose.screen import ComposeScreen

__all__ = ["ComposeScreen"]
