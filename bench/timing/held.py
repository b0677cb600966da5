"""Somebody else's loop in slices: ``fit`` held between two steps, in a thread of its own.

``fit`` calls ``model.train_function`` for every step, and makes it only where there is none. So a
function that counts the calls, and waits when enough are made, stands in its place. Nothing else
of ``fit`` changes. No callback is added: Keras would read the logs on the host for one.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

from bench.host import gpu
from bench.timing.slices import Slice

ENDLESS = 1_000_000
"""Epochs: the loop is stopped long before."""
LEAST_CALLS = 3
"""Of an epoch: its first and its last are in no slice."""


class Stopped(BaseException):
    """Ends a loop that is held; no fault of anybody."""


class HeldRunner:
    """Walks a loop that calls a function for each step; it stands still between two slices.

    A slice lies within an epoch. It starts where a call does, and ends where the call after its
    last would: what the loop does between two calls is in it, as often as there are steps. What
    it does at the end of an epoch is in none; ``end``, ``ends`` and ``epoch`` time that.

    Args:
        owner, attribute: where the loop looks the function up at every step, such as a model's
            ``train_function``; it is put back by ``close``.
        loop: runs for so many epochs.
        steps: of an epoch.
        steps_a_call: of the function; the last call of an epoch may take fewer.

    Raises:
        ValueError: an epoch has fewer than three calls.
    """

    def __init__(
        self,
        owner: Any,
        attribute: str,
        loop: Callable[[int], object],
        steps: int,
        steps_a_call: int = 1,
    ) -> None:
        self.owner, self.attribute, self.loop = owner, attribute, loop
        self.calls, self.steps_a_call = -(-steps // steps_a_call), steps_a_call
        self.steps = steps
        if self.calls < LEAST_CALLS:
            raise ValueError(f"an epoch has {self.calls} calls, a slice needs {LEAST_CALLS}")
        self._thread: threading.Thread | None = None
        self._kept: list[Any] = []
        self._begins: list[float] | None = None
        self._waits = False

    def take(self, steps: int) -> Slice:
        """Go on for about so many steps, within an epoch.

        Raises what the loop raises; RuntimeError where it ends by itself.
        """
        if not self._thread:
            self._start()
        calls = min(max(1, round(steps / self.steps_a_call)), self.calls - 2)
        if not 0 < self._place < self.calls - calls:
            self._advance((self.calls - self._place) % self.calls + 1)  # behind an epoch's first
        return Slice(self._advance(calls), calls * self.steps_a_call)

    def epoch(self) -> Slice:
        """Go on, and time the next epoch that is whole, its end with it; it is never held.

        To hold an epoch would move what happens at its end by the clock, such as the wait for a
        pipeline's tuner.
        """
        if not self._thread:
            self._start()
        lead = self.calls - self._place
        return Slice(self._advance(lead + self.calls, lead), self.steps)

    def end(self) -> Slice:
        """Go on, and time the last call of an epoch and all that comes before the next one's first.

        One step counts: what an epoch's end takes is what it took more than that.
        """
        if not self._thread:
            self._start()
        lead = (self.calls - 1 - self._place) % self.calls
        return Slice(self._advance(lead + 1, lead), 1)

    def ends(self, epochs: int) -> list[float]:
        """Go on over so many whole epochs, never held; return what the end of each takes, in s.

        Meanwhile the loop lets its pipelines go itself, and waits for them where it has to.
        """
        if not self._thread:
            self._start()
        lead = self.calls - self._place
        self._begins, self._waits = [], gpu.is_asynchronous()
        self._advance(lead + epochs * self.calls + 1)
        begins, self._begins = self._begins[lead:], None
        last = (self.steps - (self.calls - 1) * self.steps_a_call) / self.steps_a_call
        starts = range(0, epochs * self.calls, self.calls)
        return [end_of(begins[start : start + self.calls + 2], last) for start in starts]

    def close(self) -> None:
        """End the loop where it stands, and put the function back."""
        if self._thread:
            self._stop = True
            self._go.release()
            self._thread.join()
            self._thread = None
            self._let_go()

    def _start(self) -> None:
        """Let the loop come to its first call."""
        self._place, self._left, self._stop = 0, 0, False  # the call of an epoch it stands before
        self._timed = 0
        self._since = self._until = 0.0
        self._error: BaseException | None = None
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._wait()

    def _advance(self, calls: int, lead: int = 0) -> float:
        """Let the loop make so many calls; return the seconds up to the one after them.

        The first of them, the lead, are not timed.
        """
        self._left, self._timed = calls, calls - lead
        self._go.release()
        self._wait()
        self._place = (self._place + calls) % self.calls
        return self._until - self._since

    def _wait(self) -> None:
        self._stands.acquire()
        if self._error:
            self._thread = None
            raise self._error

    def _run(self) -> None:
        function = getattr(self.owner, self.attribute)
        try:
            if isinstance(getattr(function, "func", None), type(self._call)):
                raise RuntimeError(f"{self.attribute} is held already: two loops share an engine")
            setattr(self.owner, self.attribute, partial(self._call, function))
            self.loop(ENDLESS)
            raise RuntimeError("the loop ended before it was stopped")
        except Stopped:
            pass
        except BaseException as error:  # it belongs to whoever waits for the slice
            self._error = error
        finally:
            setattr(self.owner, self.attribute, function)
            self._stands.release()

    def _call(self, function: Callable[..., Any], *data: Any) -> Any:
        """Call the function, and before that stand still where enough calls are made."""
        if self._begins is not None:
            if self._waits:  # else the end of an epoch would pay for all its steps
                self.sync()
            self._begins.append(time.perf_counter())
        if not self._left:
            self.sync()
            self._until = time.perf_counter()
            self._stands.release()
            self._go.acquire()
            if self._stop:
                raise Stopped
        if self._left == self._timed:
            self.sync()
            self._since = time.perf_counter()
        self._left -= 1
        if self._begins is None:
            self._keep(data[0] if data else None)
        return function(*data)

    def sync(self) -> None:
        """Wait until the device is through with what it was given; here TensorFlow's."""
        gpu.await_device()

    def _keep(self, iterator: Any) -> None:
        """Keep the loop's pipeline, and let go of that of the epoch before.

        A pipeline that is let go may wait for its tuner, the longer the longer it stood still. So
        it does that in a thread of its own, which idles, and not in the loop.
        """
        tf = sys.modules.get("tensorflow")  # there is a pipeline to keep only where it is loaded
        if (
            tf
            and isinstance(iterator, tf.data.Iterator)
            and not (self._kept and self._kept[0] is iterator)
        ):
            self._let_go()
            self._kept = [iterator]

    def _let_go(self) -> None:
        kept, self._kept = self._kept, []
        if kept:
            threading.Thread(target=kept.clear, daemon=True).start()


def end_of(begins: Sequence[float], last: float = 1.0) -> float:
    """Return what an epoch takes beyond its steps, from the seconds at which its calls began.

    Args:
        begins: of each call of the epoch and of the first two of the next one. From its last
            call to the second of the next one it takes two calls, and its end.
        last: the steps of its last call, as a share of another's.
    """
    call = median(after - before for before, after in pairwise(begins[1:-2]))
    return max(0.0, begins[-1] - begins[-3] - (1 + last) * call)
