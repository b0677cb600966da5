"""Out of memory, said in a line: an arm that asked for too much, a process that was killed."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.errors import UserError

REMEDY = (
    "take a smaller batch, --limit or model, or give it more memory (on a GPU: no other program "
    "beside it, and memory that grows); what was measured before is kept"
)
KILLED = "by signal 9 (SIGKILL), as the system does where memory is short"


def is_short(error: BaseException) -> bool:
    """Return whether an error says that memory ran out: Python's, or that of a device."""
    tf = sys.modules.get("tensorflow")
    return isinstance(error, MemoryError) or (
        tf is not None and isinstance(error, tf.errors.ResourceExhaustedError)
    )


def in_words(error: BaseException, who: str = "") -> str:
    """Return what ran out of memory, for what, and the remedy, in a line."""
    lines = str(getattr(error, "message", error)).splitlines()
    asked = f" ({lines[0][:160]})" if lines else ""
    return f"{who + ': ' if who else ''}out of memory{asked}: {REMEDY}"


@contextmanager
def named_if_short(arm: str = "") -> Iterator[None]:
    """Say in a line that memory ran out, and in which arm.

    Raises:
        UserError: it did.
    """
    try:
        yield
    except Exception as error:
        if not is_short(error):
            raise
        raise UserError(in_words(error, arm)) from error


def how_it_ended(code: int) -> str:
    """Return how a process ended, from its return code.

    >>> how_it_ended(3), how_it_ended(-11)
    ('with code 3', 'by signal 11 (SIGSEGV)')
    """
    if code == -signal.SIGKILL:
        return KILLED
    return f"by signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"with code {code}"
