"""The process that does jobs, one after another: ``python -m bench.jobs.worker``.

It reads a job a line and writes an answer a line, both as JSON. It ends with whoever started it,
whatever ends that, also in the middle of a job: at the end of its input.
"""

import json
import os
import sys
from queue import Empty, SimpleQueue
from threading import Thread

import psutil

from bench.jobs.job import Job, answered

IDLE_SECONDS = 600.0
"""After so long without a job it ends: whoever started it may have forgotten it."""


def main() -> None:
    """Do jobs until there are no more."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a job prints is no answer
    asked: SimpleQueue[str] = SimpleQueue()
    Thread(target=_read, args=(asked,), daemon=True).start()
    while True:
        try:
            line = asked.get(timeout=IDLE_SECONDS)
        except Empty:
            return
        told.write(json.dumps(answered(Job(*json.loads(line)))) + "\n")
        told.flush()


def _read(asked: "SimpleQueue[str]") -> None:
    for line in sys.stdin:
        asked.put(line)
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(0)


if __name__ == "__main__":
    main()
