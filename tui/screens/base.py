"""What all screens share."""

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget


class BaseScreen(Screen[None]):
    """A screen that does not repaint itself whole when the focus moves (13 kB at 160×48)."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
