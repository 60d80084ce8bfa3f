"""BaseScreen: the base of all screens."""

from textual.content import Content
from textual.reactive import Reactive
from textual.widget import Widget

from cubewatch.ui.textual_internals import SteadyScreen


class BaseScreen(SteadyScreen[None]):
    """A screen that does not repaint itself whole when the focus moves (13 kB at 160×48), and
    that says so where a terminal is too small for it."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    unsettled = False
    """It is about to be another one, whose keys those are that are pressed meanwhile."""

    def render(self) -> Content:
        """The text where the terminal is too small and everything else is hidden."""
        width, height = self.size
        return Content(f"{width}×{height} is too small: cubewatch needs 40×12")

    def action_leave(self) -> None:
        """Goes back to the screen before, or out of the program from the first one."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            self.app.exit()

    def action_help(self) -> None:
        """Lists the keys of this screen."""
        from cubewatch.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))
