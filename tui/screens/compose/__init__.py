"""Composing a run: a form, what it amounts to, and sending it once."""

from tui.screens.compose.screen import ComposeScreen

__all__ = ["ComposeScreen"]
