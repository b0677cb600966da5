"""What else the machine did meanwhile: its load, and what its host took away."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def load_average() -> float:
    """Return the machine's load average over the last minute."""
    return os.getloadavg()[0]


@contextmanager
def steal_share() -> Iterator[Callable[[], float | None]]:
    """Yield what tells the share of the machine's time that its host took since.

    None where the system does not say.
    """
    before = _cpu_times()

    def share() -> float | None:
        after = _cpu_times()
        if before[1] is None or after[1] is None:
            return None
        return (after[1] - before[1]) / max(after[0] - before[0], 1e-9)

    yield share


def _cpu_times() -> tuple[float, float | None]:
    """Return the machine's CPU seconds in all, and those that its host took away."""
    import psutil

    times = psutil.cpu_times()
    return sum(times), getattr(times, "steal", None)
