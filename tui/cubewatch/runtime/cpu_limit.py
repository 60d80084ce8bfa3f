"""A limit on processor time, for what can't be interrupted otherwise."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def computing_at_most(seconds: float) -> Iterator[None]:
    """A context that raises TimeoutError after so many seconds of processor time.

    Stops a regular expression that would go on for years, as `re` looks for signals meanwhile.
    There is no limit outside of the main thread, and where there are no such signals.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return
    inside = True

    def stop(number: int, frame: FrameType | None) -> None:
        if inside:
            raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
