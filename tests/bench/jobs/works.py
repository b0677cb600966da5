"""Jobs that train nothing, so that a process for them is there at once."""

import os
import signal
import time
from pathlib import Path

from bench.errors import UserError

HERE = "tests.bench.jobs.works:"


def square(number, folder):
    return [number * number, os.getpid()]


def slow(number, folder):
    """Say that it was begun, and take a while."""
    Path(folder, f"{number}-{time.monotonic_ns()}").touch()
    time.sleep(0.15)
    return number


def settings(number, folder):
    return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "TF_NOTHING")}


def killed_once(number, folder):
    """End the process at the first attempt of one task, as a kernel short of memory does."""
    seen = Path(folder, str(number))
    if number == 2 and not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_always(number, folder):
    """End the process, whoever tries it, at one task."""
    with Path(folder, f"tried-{number}").open("a") as file:
        file.write(".")
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refused(number, folder):
    raise UserError(f"task {number} is no good")


def broken(number, folder):
    return 1 / 0


def stopped(number, folder):
    """Be interrupted at a task, the first time; it is done in this process."""
    seen = Path(folder, f"seen-{number}")
    if number == 2 and not seen.exists():
        seen.touch()
        raise KeyboardInterrupt
    with Path(folder, "done").open("a") as file:
        file.write(str(number))
    return number
