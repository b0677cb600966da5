"""Arms in processes of their own, in turns by a pipe.

What has to be said before a framework starts (threads, oneDNN, an allocator), and frameworks that
crash one another, want a process each. Such processes stand side by side, idle, and each is asked
for a slice of 10 to 100 ms when it is its turn: the same paired design as in one process
(``bench.timing.slices``), with the same blocks, and the same statistics behind them.

A worker is started with a factory, ``module:function``, and JSON arguments for it; it returns what
``Arms`` describes. The worker then answers, in lines of JSON, to

- ``prepare ARM``: builds the arm, lets it take its first steps, returns about what a step takes;
- ``slice ARM SECONDS``: goes on for ``bench.timing.slices.START`` untimed, then for about so many
  seconds; returns the seconds and the steps they were;
- ``call NAME, ARGUMENTS``: calls another method of what the factory returned;
- ``close``.

    worker = Worker("my.module:factory", {"model": "mlp"}, {"TF_ENABLE_ONEDNN_OPTS": "1"})
    seconds = worker.prepare("step")
    turns = Turns({"onednn step": (worker, "step"), ...}, Pace({"onednn step": seconds, ...}, 2, 0))

``Turns`` is an ``Opened`` of ``bench.timing.blocks``: a stand whose ``open`` returns it is timed by
``Run`` as any other. Nothing here imports a framework.

An idle worker waits for a line. That nothing else in it works meanwhile is measured: every block
has the CPU seconds that all idle workers spent in a second (``idle_share``).
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from bench.errors import UserError
from bench.host.load import load_average, steal_share
from bench.host.memory import how_it_ended
from bench.timing.slices import Pace, Runner, Slice, Timed, no_collector

ROOT = Path(__file__).parents[2]
CLOSE_SECONDS = 5.0
"""For a worker to end by itself."""


class Arms(Protocol):
    """What a factory returns."""

    def prepare(self, arm: str) -> Runner:
        """Build an arm, and return what walks it."""
        ...

    def close(self) -> None:
        """Let go of what is shared by the arms; their runners are closed already."""
        ...


class WorkerFailed(Exception):
    """A worker ended, raised, or took too long; says how, and what it wrote last."""


class Worker:
    """A process of its own that holds one or more arms.

    Args:
        factory: ``module:function``.
        arguments: of that function, in plain values.
        environment: variables that are set before the process starts, over those of this one; None
            takes one away.
        name: of the worker, for messages.

    Attributes:
        ready: about what a step takes, of each arm that is prepared.
        waited, waited_cpu: seconds that it stood idle, and what it spent meanwhile.
    """

    def __init__(
        self,
        factory: str,
        arguments: Mapping[str, Any],
        environment: Mapping[str, str | None] | None = None,
        name: str = "",
    ) -> None:
        self.name = name or factory
        self.ready: dict[str, float] = {}
        self.waited, self.waited_cpu = 0.0, 0.0
        self._written = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.timing.apart", factory, json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._written,
            env=_environment(environment or {}),
        )

    def prepare(self, arm: str, timeout: float | None = None) -> float:
        """Build an arm; return about what a step takes, in seconds.

        Raises:
            WorkerFailed: as ``ask`` does.
        """
        self.ready[arm] = float(self.ask({"do": "prepare", "arm": arm}, timeout))
        return self.ready[arm]

    def slice(self, arm: str, seconds: float) -> Slice:
        """Let an arm go on for about so many seconds."""
        return Slice(*self.ask({"do": "slice", "arm": arm, "seconds": seconds}))

    def call(self, method: str, /, timeout: float | None = None, **arguments: Any) -> Any:
        """Return what another method of the arms returns, in plain values."""
        return self.ask({"do": "call", "name": method, "with": arguments}, timeout)

    def collect(self) -> None:
        """Let the worker collect its garbage now: it does not while it is timed."""
        self.ask({"do": "collect"})

    @property
    def lives(self) -> bool:
        """Whether it can be asked for anything."""
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any], timeout: float | None = None) -> Any:
        """Send a request and wait for its answer.

        Raises:
            UserError: what the worker was told is bad input.
            WorkerFailed: it raised, it ended, or it did not answer in time; then it is ended.
        """
        self.send(request)
        return self.receive(timeout)

    def send(self, request: Mapping[str, Any]) -> None:
        """Send a request; its answer is still to be received.

        Raises:
            WorkerFailed: it has ended.
        """
        if not self.lives:
            raise WorkerFailed(f"{self.name} has ended {self._how()}")
        with self._ended_if_interrupted():
            self._say(request)

    def receive(self, timeout: float | None = None) -> Any:
        """Wait for the answer to what was sent; raises what ``ask`` does."""
        with self._ended_if_interrupted():
            line = self._answer(timeout)
        answer = json.loads(line)
        if "user_error" in answer:
            raise UserError(answer["user_error"])
        if "error" in answer:
            raise WorkerFailed(f"{self.name}: {answer['error']}")
        waited, cpu = answer["waited"]
        self.waited, self.waited_cpu = self.waited + waited, self.waited_cpu + cpu
        return answer["answer"]

    @contextmanager
    def _ended_if_interrupted(self) -> Iterator[None]:
        """End the worker where anything comes between question and answer: no more of either."""
        try:
            yield
        except BaseException:
            self.end()
            raise

    def close(self) -> None:
        """End the worker in order, or without it where it does not end."""
        with suppress(OSError, ValueError, WorkerFailed):
            self._say({"do": "close"})
            self._process.communicate(timeout=CLOSE_SECONDS)
        self.end()

    def end(self) -> None:
        """End the worker at once."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._written):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _say(self, request: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        assert pipe
        try:
            pipe.write(json.dumps(request).encode() + b"\n")
            pipe.flush()
        except OSError:
            raise WorkerFailed(f"{self.name} has ended {self._how()}") from None

    def _answer(self, timeout: float | None) -> bytes:
        pipe = self._process.stdout
        assert pipe
        if timeout is not None and not select.select([pipe], [], [], timeout)[0]:
            raise WorkerFailed(f"{self.name} did not answer within {timeout:g} s")
        if line := pipe.readline():
            return line
        self._process.wait()
        raise WorkerFailed(f"{self.name} has ended {self._how()}")

    def _how(self) -> str:
        how = how_it_ended(self._process.returncode or 0)
        if self._written.closed:
            return how
        self._written.seek(0)
        lines = self._written.read()[-2000:].decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"{how} ({last})" if last else how


Places = Mapping[str, tuple[Worker, str]]
"""By the name of an arm in a block: its worker, and what the worker calls it."""


class Turns:
    """Arms in workers, each asked for a slice in turn; an ``Opened`` of ``bench.timing.blocks``.

    Args:
        places: where each arm is.
        pace: how many rounds a block has, and how long their slices are.
        owned: workers that are closed with it; others have their own keeper.
    """

    def __init__(self, places: Places, pace: Pace, owned: Sequence[Worker] = ()) -> None:
        self.places, self.pace, self.owned = places, pace, owned

    def time(self, block: int, order: Sequence[str]) -> Timed:
        """Time the rounds of a block; every second one goes backwards."""
        workers = list(dict.fromkeys(worker for worker, _ in self.places.values()))
        for worker in workers:
            worker.collect()
        idle = idling(workers)
        slices: list[Slice] = []
        with steal_share() as steal, no_collector():
            for number, seconds in enumerate(self.pace.lengths(block)):
                half = len(order) // 2
                for arm in order[:half] if number % 2 == 0 else order[half:]:
                    worker, name = self.places[arm]
                    slices.append(worker.slice(name, float(seconds)))
        return Timed(
            [round(each.seconds, 7) for each in slices],
            [each.steps for each in slices],
            os.getpid(),
            load_average(),
            steal(),
            idle_share=idle(),
        )

    def close(self) -> None:
        """End the workers that are its own."""
        for worker in self.owned:
            worker.close()


def idling(workers: Sequence[Worker]) -> Callable[[], float]:
    """Return what says the CPU seconds that idle workers have spent in a second since now."""
    before = [(worker.waited, worker.waited_cpu) for worker in workers]

    def share() -> float:
        waits = [
            (worker.waited - then, worker.waited_cpu - cpu)
            for worker, (then, cpu) in zip(workers, before, strict=True)
        ]
        return sum(cpu for _, cpu in waits) / max(sum(then for then, _ in waits), 1e-9)

    return share


def _environment(changed: Mapping[str, str | None]) -> dict[str, str]:
    """Return this process's variables with some changed, and the project found from anywhere."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    every = {**os.environ, "PYTHONPATH": path, **changed}
    return {name: value for name, value in every.items() if value is not None}
