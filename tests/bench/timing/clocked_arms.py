"""Arms of a worker that needs no framework: they sleep, and some of them fail."""

import os
import signal
import time

from bench.errors import UserError
from bench.timing.slices import Slice


class Sleeping:
    """Takes so many seconds a step, and says so."""

    def __init__(self, seconds):
        self.seconds = seconds

    def take(self, steps):
        print("a line of the arm's own")
        return Slice(steps * self.seconds, steps)

    def close(self):
        pass


class SleepingArms:
    """Arms by name: what a step of each takes."""

    def __init__(self, seconds):
        self.seconds = seconds

    def prepare(self, arm):
        if arm not in self.seconds:
            raise UserError(f"no arm {arm}: name one of {', '.join(self.seconds)}")
        return Sleeping(self.seconds[arm])

    def variable(self, name):
        return os.environ.get(name)

    def fail(self):
        raise ValueError("of its own")

    def end(self):
        print("the last words")
        os.kill(os.getpid(), signal.SIGKILL)

    def hang(self):
        time.sleep(60)

    def close(self):
        pass


def make(**seconds):
    return SleepingArms(seconds)
