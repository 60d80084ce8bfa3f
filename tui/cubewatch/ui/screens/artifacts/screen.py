"""ArtifactsScreen: the artifacts of cubes, and their downloads."""

from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.artifacts import texts
from cubewatch.ui.screens.artifacts.artifact_list import ArtifactListView
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.prompt import Prompt
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cubewatch.api.client import CubePath
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.downloads import Downloads
    from cubewatch.artifacts.list import ArtifactKey
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact
    from cubewatch.session import Session

AGES_EVERY = 10.0


class ArtifactsScreen(BaseScreen):
    """The artifacts of some cubes of a run (slugs of workflow, task, cube), saved below `folder`.

    Of several cubes each gets directories of its own. Downloads go on when the screen is left, and
    are shown again when it is back; leaving cubewatch ends them, and the next time they go on.
    """

    SHEETS = ("artifacts",)
    AUTO_FOCUS = "ArtifactListView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,enter", "download", "Download", key_display="⏎"),
        Binding("A", "download_all", "All"),
        Binding("c", "cancel", "Cancel", key_display="c/C"),
        Binding("C", "cancel_all", "Cancel all", show=False),
        Binding("s", "choose_folder", "Save to"),
        Binding("r", "ask_again", "Ask again"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q,escape", "leave", "Back", key_display="q"),
    ]

    class Found(Message):
        """The artifacts of one cube, or the error of the request."""

        def __init__(
            self, cube: "CubePath", found: "dict[ArtifactKey, Artifact] | ApiError"
        ) -> None:
            super().__init__()
            self.cube = cube
            self.found = found

    class TransfersChanged(Message):
        """The progress of the downloads has changed."""

        def __init__(self, transfers: "dict[ArtifactKey, Transfer]") -> None:
            super().__init__()
            self.transfers = transfers

    class Ended(Message):
        """The requests have ended; `reason` says why if they failed."""

        def __init__(self, reason: str = "") -> None:
            super().__init__()
            self.reason = reason

    def __init__(
        self,
        session: "Session",
        run_slug: str,
        cubes: "Iterable[tuple[str, str, str]]",
        folder: Path,
    ) -> None:
        super().__init__()
        self._session = session
        self._cubes: list[CubePath] = [(run_slug, *cube) for cube in cubes]
        self._run_slug = run_slug
        self._folder = folder
        self._downloads: Downloads | None = None
        self._answered = 0
        self._loading = True
        self._broken = ""
        self._what = TextLine(id="what")
        self._where = TextLine(id="where")
        self._list = ArtifactListView()
        self._news = TextLine(id="news")
        self._prompt = Prompt(texts.SAVE_TO, id="folder")

    def compose(self) -> ComposeResult:
        yield self._what
        yield self._where
        yield self._prompt
        yield self._list
        yield self._news
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_words()
        self._list.tick(self._session.timing.utc())
        self.call_after_refresh(self._ask)
        self.set_interval(AGES_EVERY, lambda: self._list.tick(self._session.timing.utc()))

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        try:
            downloads = await self._session.downloads()
            if self._downloads is None:
                self._downloads = downloads
                self._watch(downloads)
            async for cube, found in downloads.artifacts.each(self._cubes):
                self.post_message(self.Found(cube, found))
            self.post_message(self.Ended())
        except Exception as fault:  # otherwise the person would not see it
            self.post_message(self.Ended(inert(f"{type(fault).__name__}: {fault}")))

    @work(group="transfers", exclusive=True, exit_on_error=False)
    async def _watch(self, downloads: "Downloads") -> None:
        async with aclosing(downloads.updates()) as updates:
            async for transfers in updates:
                self.post_message(self.TransfersChanged(transfers))

    @on(Found)
    def _take(self, message: Found) -> None:
        self._answered += 1
        self._list.take(message.cube, message.found)
        self._show_words()

    @on(Ended)
    def _end(self, message: Ended) -> None:
        self._loading = False
        self._broken = message.reason
        self._show_words()

    @on(TransfersChanged)
    def _show_transfers(self, message: TransfersChanged) -> None:
        self._list.show_transfers(message.transfers)
        self._show_words()

    @on(ArtifactListView.Moved)
    def _show_words(self) -> None:
        model = self._list.model
        self._what.show(texts.title(self._run_slug, self._cubes, model))
        self._where.show(texts.saved_to(self._folder, several=len(self._cubes) > 1))
        progress = (self._answered, len(self._cubes)) if self._loading else None
        text, trouble = texts.news(model, progress, self._broken)
        self._news.show(f" {text}")
        self.set_class(bool(text), "-news")
        self.set_class(trouble, "-trouble")

    def _add(self, keys: "Iterable[ArtifactKey]") -> None:
        if self._downloads is None:
            return
        several = len(self._cubes) > 1
        for key in keys:
            url = self._list.model.artifacts[key].download_url
            self._downloads.add(key, url, self._folder, key.cube[1:] if several else ())
        self._list.show_transfers(self._downloads.transfers())
        self._show_words()

    def action_download(self) -> None:
        """Downloads the selected artifacts, or that under the cursor; of several those not saved
        yet."""
        chosen = self._list.model.chosen()
        self._add(chosen if len(chosen) == 1 else self._list.model.open(chosen))
        self._list.model.marked.clear()
        self._list.repaint()

    def action_download_all(self) -> None:
        """Downloads everything that there is and that is not saved yet."""
        self._add(self._list.model.open(self._list.model.artifacts))

    def action_cancel(self) -> None:
        """Cancels the selected downloads, or that under the cursor; what came is kept."""
        if self._downloads:
            for key in self._list.model.chosen():
                self._downloads.cancel(key)

    def action_cancel_all(self) -> None:
        """Cancels all downloads; what came is kept."""
        if self._downloads:
            self._downloads.cancel_all()

    def action_choose_folder(self) -> None:
        """Asks where to save; what is under way stays where it is."""
        self._where.display = False
        self._prompt.ask(str(self._folder))

    @on(Prompt.Submitted)
    def _choose(self, submitted: Prompt.Submitted) -> None:
        try:
            if text := submitted.text.strip():
                self._folder = Path(text).expanduser().absolute()
        except RuntimeError:
            self.notify(texts.NO_HOME, markup=False)
        self._end_prompt()

    @on(Prompt.Left)
    def _end_prompt(self) -> None:
        self._where.display = True
        self._list.focus()
        self._show_words()

    def action_ask_again(self) -> None:
        """Requests the list again."""
        self._answered, self._loading, self._broken = 0, True, ""
        self._show_words()
        self._ask()

    def action_leave(self) -> None:
        """Goes back; downloads go on."""
        if self._downloads and (count := self._downloads.under_way):
            self.app.notify(texts.going_on(count), markup=False)
        super().action_leave()
