"""The widget that shows a log, by itself."""

from textual.app import App

from cubewatch.logs.spool import LogSpool
from cubewatch.ui.widgets.log_view import LogView
from tests.support.logs import spool_of

LINE = b"a line as long as those of a compiler are, with its path, and filler\n"


class CountedLog(LogSpool):
    """A log that counts the bytes that are read of it."""

    bytes_read = 0

    def read(self, start: int, length: int) -> bytes:
        data = super().read(start, length)
        self.bytes_read += len(data)
        return data


async def test_log_shown_again_is_not_read_as_a_whole_again() -> None:
    log = CountedLog()
    log.append(LINE * 100_000)
    app: App[None] = App()
    async with app.run_test() as pilot:
        view = LogView()
        await app.mount(view)
        view.show(log)
        while not view.finding.is_done:
            await pilot.pause()
        read = log.bytes_read
        assert read > log.size
        view.show(spool_of(LINE))
        await pilot.pause()
        view.show(log)
        await pilot.pause()
        assert view.finding.is_done
        assert log.bytes_read - read < log.size / 2
