"""Processes that do jobs: each a fresh Python, which does one job at a time.

They are started by ``subprocess``: a worker of Dask is a daemon, to which ``multiprocessing``
grants no children.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from signal import Signals
from threading import Lock

from bench.jobs.job import Answer, Job

PATIENCE_SECONDS = 5.0


class Died(Exception):
    """A process ended in the middle of a job; the message says how."""


class JobProcess:
    """One process, with an environment of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process is there
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.jobs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.printed,
            text=True,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C is for whoever hands out jobs
        )

    @property
    def lives(self) -> bool:
        """Whether it can be given a job."""
        return self.process.poll() is None

    def do(self, job: Job) -> Answer:
        """Return the answer to a job.

        Raises:
            Died: the process did before there was one.
        """
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None
        assert told is not None
        line = ""
        with suppress(OSError, ValueError):  # it is gone, or was ended from here
            asked.write(json.dumps(job) + "\n")
            asked.flush()
            line = told.readline()
        if not line.endswith("\n"):
            raise Died(self._how())
        answer: Answer = json.loads(line)
        return answer

    def end(self) -> None:
        """End the process, and whatever it started; it may be in the middle of a job."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _how(self) -> str:
        code = self.process.wait()
        if code < 0:
            return f"signal {-code} ({Signals(-code).name})"
        self.printed.seek(0)
        last = self.printed.read().decode(errors="replace").strip().rpartition("\n")[2]
        return f"exit code {code}{': ' if last else ''}{last:.200}"


class Crew:
    """As many processes as there are jobs at a time; several threads may ask for them.

    Args:
        environment: of each process.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.idle: list[JobProcess] = []
        self.every: list[JobProcess] = []
        self.closed, self.lock = False, Lock()

    def do(self, job: Job) -> Answer:
        """Return the answer to a job from a process that has nothing else to do.

        Raises:
            Died: that process did, or the crew was sent home.
        """
        process = self._take()
        answer = process.do(job)
        self.idle.append(process)
        return answer

    def _take(self) -> JobProcess:
        with self.lock:
            if self.closed:
                raise Died("nobody wants its result any more")
            while self.idle:
                if (process := self.idle.pop()).lives:
                    return process
            self.every = [process for process in self.every if process.lives]
            self.every.append(JobProcess(self.environment))
            return self.every[-1]

    def close(self) -> None:
        """End all processes."""
        with self.lock:
            self.closed = True
        for process in self.every:
            process.end()
