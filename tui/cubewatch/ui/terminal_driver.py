"""TerminalDriver: Textual's driver of a terminal, whose thread sleeps until there is input.

Beside `textual_internals` the only module that uses private names of Textual, those of its driver.
"""

import os
import socket
from codecs import getincrementaldecoder
from selectors import EVENT_READ, SelectSelector
from threading import Event
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from cubewatch.ui.textual_internals import FrameApp, InputParser

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_READ = 4096
"""Bytes that are read at a time."""
LAST_WORDS = 0.1
"""Seconds for which what the terminal still sends is taken, when we leave it."""
RESET_STYLE = "\x1b[m"


class SelectableEvent(Event):
    """An event that a selector sees, too: `reader` is readable while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.reader, self._writer = socket.socketpair()

    def set(self) -> None:
        if not self.is_set():
            super().set()
            self._writer.send(b"\0")

    def clear(self) -> None:
        if self.is_set():
            self.reader.recv(1)
            super().clear()

    def close(self) -> None:
        """Closes what the selector looks at."""
        self.reader.close()
        self._writer.close()


class TerminalDriver(LinuxDriver):
    """Wakes for input alone, and leaves a terminal in which the next program writes in its own
    style.

    The thread of Textual's driver looks ten times a second whether there is something to do, and
    of a terminal that was closed it reads nothing, for ever.
    """

    _stop: SelectableEvent | None = None

    def _sigcont_application(self, *details: object) -> None:
        """Resumes in the event loop: the handler of a signal must not wait for a thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(super()._sigcont_application, *details)

    def start_application_mode(self) -> None:
        if isinstance(self._app, FrameApp) and self._app.is_leaving:
            return  # another program had the terminal when a signal came
        before = self._end_threads()
        self.exit_event = self._stop = SelectableEvent()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.attrs_before = before or self.attrs_before

    def _end_threads(self) -> list[Any] | None:
        """Ends the threads of a driver that is resumed although it was not suspended, as by `kill
        -CONT`. Returns the settings that the terminal had before: by now they are ours."""
        stop, key_thread, writer = self._stop, self._key_thread, self._writer_thread
        if stop is None or key_thread is None or writer is None:
            return None
        stop.set()
        key_thread.join()
        stop.close()
        writer.stop()
        return self.attrs_before

    def run_input_thread(self) -> None:
        parser, stop = InputParser(self._debug), self._stop
        if stop is None:
            return
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with SelectSelector() as selector:
            selector.register(stop.reader, EVENT_READ)
            selector.register(self.fileno, EVENT_READ)
            while not stop.is_set():
                ready = selector.select(parser.seconds_left)
                has_input = any(key.fd == self.fileno for key, _ in ready)
                if has_input and not self._read(parser, decode):
                    selector.unregister(self.fileno)
                    self._report_end()
                for event in parser.tick():
                    self.process_message(event)
            selector.unregister(stop.reader)
            if selector.get_map() and selector.select(LAST_WORDS):
                self._read(parser, decode)

    def _read(self, parser: InputParser, decode: "Callable[[bytes], str]") -> bool:
        """Handles what the terminal has sent; False if it sends nothing any more."""
        try:
            data = os.read(self.fileno, MAX_READ)
        except OSError:
            return False
        if text := decode(data):
            for event in parser.feed(text):
                self.process_message(event)
        return bool(data)

    def _report_end(self) -> None:
        """Tells the app that there is no more input."""
        if isinstance(self._app, FrameApp):
            self._loop.call_soon_threadsafe(self._app.input_ended)

    def stop_application_mode(self) -> None:
        self.write(RESET_STYLE)
        super().stop_application_mode()

    def close(self) -> None:
        super().close()
        if self._stop:
            self._stop.close()
            self._stop = None
