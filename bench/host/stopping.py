"""Ctrl-C and SIGTERM while work runs that can be gone on with: once stops soon, twice at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What a user sends, and what a scheduler sends a while before it kills."""


@contextmanager
def stop_asked(say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether an end was asked for; the second time takes no asking.

    The first signal is noted. From then on the signals do what they do to any program: the next one
    ends the process, wherever it is, in TensorFlow too. Outside the main thread, where Python takes
    no signals, nothing is asked.

    Args:
        say: is given a line for the user at the first signal.
    """
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        asked.set()
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        name = signal.Signals(number).name
        say(f"{name}: stops at the next checkpoint; once more ends at once")

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {each: signal.signal(each, note) for each in SIGNALS}
    try:
        yield asked.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
