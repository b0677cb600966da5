"""The process of a worker: it builds arms, and times a slice whenever it is asked for one.

``bench.timing.turns`` starts it and says what it answers to. A request is a line of JSON on its
standard input, an answer one on its standard output; what the arms print goes to standard error.
Between two requests it waits for a line, which costs nothing.
"""

import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from queue import SimpleQueue
from typing import IO, Any

from bench.errors import UserError
from bench.timing.slices import Pace, Slices, step_seconds

Request = Mapping[str, Any]


class Apart:
    """What a worker does for each request.

    Args:
        arms: what the factory returned (``bench.timing.turns.Arms``).
    """

    def __init__(self, arms: Any) -> None:
        self.arms = arms
        self.slices: dict[str, Slices] = {}

    def answer(self, request: Request) -> Any:
        """Return what is asked for, in plain values."""
        if request["do"] == "prepare":
            return self.prepare(request["arm"])
        if request["do"] == "slice":
            return self.slices[request["arm"]].slice(request["arm"], request["seconds"])
        if request["do"] == "collect":
            return gc.collect()
        return getattr(self.arms, request["name"])(**request["with"])

    def prepare(self, arm: str) -> float:
        """Build an arm and let happen what happens once; return about what a step takes."""
        runner = self.arms.prepare(arm)
        seconds = step_seconds(runner)
        self.slices[arm] = Slices({arm: runner}, Pace({arm: seconds}, 2, 0))
        gc.collect()
        gc.freeze()  # to walk over all of a framework takes longer than most slices
        gc.disable()
        return seconds

    def close(self) -> None:
        """Let go of all arms."""
        for each in self.slices.values():
            each.close()
        self.arms.close()


def serve(arms: Callable[[], Any], requests: Callable[[], str], answers: IO[str]) -> None:
    """Answer requests until there are no more, or one asks to close.

    Args:
        arms: makes what the factory returns.
        requests: waits for the next line; empty where there are no more.
        answers: where a line goes for each.
    """
    apart = None
    said, spent = time.perf_counter(), time.process_time()
    while line := requests():
        waited = [time.perf_counter() - said, time.process_time() - spent]
        request = json.loads(line)
        if request["do"] == "close":
            break
        try:
            apart = apart or Apart(arms())
            answer = {"answer": apart.answer(request), "waited": waited}
        except UserError as error:
            answer = {"user_error": str(error)}
        except BaseException as error:  # whatever the arms raise is told; the worker goes on
            answer = {"error": f"{type(error).__name__}: {error}"[:1000]}
        print(json.dumps(answer), file=answers, flush=True)
        said, spent = time.perf_counter(), time.process_time()
    if apart:
        apart.close()


def made_by(factory: str) -> Callable[..., Any]:
    """Return the function of ``module:function``."""
    module, _, name = factory.partition(":")
    return getattr(import_module(module), name)


def _lines_of_parent() -> Callable[[], str]:
    """Return what waits for the next line; the process ends with its parent, whatever it does."""
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        time.sleep(END_SECONDS)  # a parent that closed waits for the end; one that died does not
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    return lines.get


END_SECONDS = 3.0
"""To end in order, once the parent's pipe is closed."""


def main() -> None:
    """Serve the parent that started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    factory, arguments = sys.argv[1], json.loads(sys.argv[2])
    serve(lambda: made_by(factory)(**arguments), _lines_of_parent(), answers)
    answers.close()
    os._exit(0)  # threads of a framework or of a held loop are not waited for


if __name__ == "__main__":
    main()
