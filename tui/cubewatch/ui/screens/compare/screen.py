"""CompareScreen: the differences between the run of a feed and the last good one, also while it
runs."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.compare import texts
from cubewatch.ui.screens.compare.view import CompareView
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Path
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.outlook import Outlook


class CompareScreen(BaseScreen):
    """`chosen` is the cube that the person wants to see in the tree, set when the screen is
    left."""

    SHEETS = ("compare",)
    AUTO_FOCUS = "CompareView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help"),
        Binding("q,escape,c", "leave", "Back", key_display="q"),
    ]

    class Changed(Message):
        """There is a new state of the run, or more is known of earlier ones."""

    def __init__(self, feed: "RunFeed", outlook: "Outlook") -> None:
        super().__init__()
        self.chosen: Path = ()
        self._feed = feed
        self._outlook = outlook
        self._title = TextLine(id="compare-title", whole_parts=True)
        self._hint = TextLine(id="compare-hint")
        self._view = CompareView()
        self._view.border_title = "Compare"

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._view
        yield self._hint
        yield KeyBar()

    def on_mount(self) -> None:
        self._unsubscribe = self._feed.subscribe(lambda _: self.post_message(self.Changed()))
        self._outlook.on_change(self._note_change)
        self._view.say(texts.LOOKING)
        self._hint.show(f" {texts.HINT}")
        self.compare()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _note_change(self) -> None:
        if self.is_attached:
            self.post_message(self.Changed())

    @on(Changed)
    def _compare_again(self) -> None:
        self.compare()

    @work(group="compare", exclusive=True, exit_on_error=False)
    async def compare(self) -> None:
        """Compares in a thread; without a good run there is a line that says so."""
        from cubewatch.model.compare_text import title

        found = await self._outlook.compare()
        if found:
            known = len(self._outlook.history)
            self._title.show(texts.title(title(found), known, is_final=self._feed.is_final))
            self._view.show(found, texts.NO_DIFFERENCE)
        elif not self._outlook.is_looking:
            self._view.say(texts.NO_BASELINE)

    @on(CompareView.Chosen)
    def _choose(self, chosen: CompareView.Chosen) -> None:
        if self._feed.snapshot is None or chosen.path not in self._feed.snapshot.items:
            self.notify(texts.NOT_IN_TREE, markup=False)
            return
        self.chosen = chosen.path
        self.dismiss()
