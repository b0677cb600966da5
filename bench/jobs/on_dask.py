"""The pool of a cluster: workers of a Dask scheduler, which tries again what dies with a worker."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from bench.data.named import Named
from bench.errors import Interrupted, UserError
from bench.jobs import on_worker
from bench.jobs.crew import Died
from bench.jobs.job import Answer, Job
from bench.jobs.pool import ATTEMPTS
from bench.jobs.same_program import program, settings

PATIENCE_SECONDS = 10
"""So long a scheduler may take to answer, and a first worker to be there."""
WITHOUT_WORKERS_SECONDS = 60
"""After so long without one a run is stopped: Dask itself would wait for ever."""


class DaskPool:
    """The workers of a scheduler.

    Args:
        client: of Dask, connected.
        address: of the scheduler.
    """

    beside = True

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.fewer = f"--scheduler {address}: give its workers more memory, or fewer threads"
        self.run, self.settings = secrets.token_hex(8), settings()
        self.program = program(self.settings)

    def require_same(self, data: Sequence[Named]) -> None:
        """Raise ``UserError`` unless every worker has this program and these data."""
        wanted = [each.to_dict() for each in data]
        said = self._everywhere(on_worker.complaint, self.settings, self.program, wanted)
        for worker, complaint in said.items():
            if isinstance(complaint, Exception):  # such as that there is no gvk
                raise UserError(
                    f"worker {worker}: cannot be asked ({complaint}): install this gvk there"
                )
            if complaint:
                raise UserError(f"worker {worker}: {complaint}")

    def answers(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Answer]]:
        """Yield them as they come; Dask gives the job of a worker that is gone to another."""
        futures = {number: self._submitted(job) for number, job in jobs.items()}
        number_of = {future.key: number for number, future in futures.items()}
        ended: SimpleQueue[Any] = SimpleQueue()
        for future in futures.values():
            future.add_done_callback(ended.put)
        try:
            while futures:
                future = self._next(ended)
                number = number_of[future.key]
                yield number, self._answer(futures.pop(number))
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self.client.cancel(list(futures.values()))

    def _submitted(self, job: Job) -> Any:
        return self.client.submit(
            on_worker.do, self.run, self.settings, self.program, json.dumps(job),
            key=f"gvk-{self.run}-{secrets.token_hex(8)}", pure=False, retries=ATTEMPTS - 1,
        )  # fmt: skip

    def _next(self, ended: "SimpleQueue[Any]") -> Any:
        """Return a future that has ended; look now and then whether there is a worker left."""
        waited = 0
        while waited < WITHOUT_WORKERS_SECONDS:
            try:
                return ended.get(timeout=PATIENCE_SECONDS)
            except Empty:
                waited = 0 if self._workers() else waited + PATIENCE_SECONDS
        raise Interrupted(f"no worker is left at {self.address}")

    def _answer(self, future: Any) -> Answer:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            answer: Answer = future.result(timeout=WITHOUT_WORKERS_SECONDS)
        except (Died, KilledWorker) as death:
            how = str(death) if isinstance(death, Died) else "the death of its workers"
            return {"killed": how}
        except (CancelledError, OSError, TimeoutError) as error:
            raise Interrupted(f"the scheduler at {self.address} is gone") from error
        return answer

    def _workers(self) -> int:
        with suppress(OSError, TimeoutError):  # of a scheduler that is gone
            return len(self.client.scheduler_info(n_workers=-1)["workers"])
        return 0

    def _everywhere(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        said: dict[str, Any] = self.client.run(function, *arguments, on_error="return")
        return said

    def close(self) -> None:
        """Let the workers end what they started for this run."""
        with suppress(Exception):  # the cluster may be gone
            self._everywhere(on_worker.leave, self.run)


@contextmanager
def cluster(address: str, data: Sequence[Named]) -> Iterator[DaskPool]:
    """Yield the pool of a scheduler whose workers compute what this process would.

    Raises:
        UserError: the extra is missing, nobody answers at the address, it has no workers, or one
            that has another program or other data.
    """
    client = _connected(address)
    pool = DaskPool(client, address)
    try:
        pool.require_same(data)
        yield pool
    finally:
        pool.close()
        with suppress(Exception):
            client.close(timeout=PATIENCE_SECONDS)


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(
            "--scheduler needs the extra [cluster]: pip install 'graph-vs-keras[cluster]'"
        ) from error
    for name in ("distributed", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said in a line
    _require_address(address)
    try:
        asyncio.run(asyncio.wait_for(_identity(address), PATIENCE_SECONDS))
        client = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except Exception as error:  # whatever answers there may be no scheduler at all
        raise UserError(
            f"--scheduler {address}: no scheduler of Dask answers there ({type(error).__name__}): "
            "start one with `dask scheduler`, or mend the address"
        ) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
    except TimeoutError as error:
        client.close(timeout=PATIENCE_SECONDS)
        raise UserError(
            f"--scheduler {address}: it has no workers: start some with `dask worker {address}`"
        ) from error
    return client


async def _identity(address: str) -> Any:
    """Return what a scheduler says of itself; a client would wait for ever for one that is mute."""
    from distributed import rpc

    async with rpc(address) as scheduler:
        return await scheduler.identity()


def _require_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:
        whole = False
    if not whole:
        raise UserError(f"--scheduler {address}: is no address: give one such as tcp://host:8786")
