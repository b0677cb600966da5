"""One measurement at a time on a machine: two would time each other."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import UserError

VARIABLE = "GVK_LOCK"


def lock_path() -> Path:
    """Return the file that whoever measures on this machine holds locked."""
    return Path(os.environ.get(VARIABLE) or Path(tempfile.gettempdir()) / "gvk-measuring.lock")


@contextmanager
def sole_measurement() -> Iterator[None]:
    """Hold the machine's lock; it goes with the process, however that ends.

    Raises:
        UserError: another process holds it, or the lock file cannot be opened.
    """
    from filelock import FileLock, Timeout

    path = lock_path()
    lock = FileLock(path, mode=0o666)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"another measurement runs on this machine (it holds {path}): wait for its end, as "
            "two would time each other"
        ) from None
    except OSError as error:
        raise UserError(
            f"cannot lock {path} ({error.strerror}): set {VARIABLE} to a file that can be written"
        ) from error
    try:
        yield
    finally:
        lock.release()
