"""Processes that train together: who they are, and how each finds the others."""

import json
import os
import signal
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.errors import UserError

VARIABLE, SLURM = "TF_CONFIG", "SLURM_PROCID"
PATIENCE_SECONDS = 120
"""After so long a sum that a worker does not come to is given up, though its machine answers."""
JOIN_SECONDS = 600
"""So long a process waits at its start for the others, which a scheduler may start later."""
REMEDY = (
    "give each process "
    'TF_CONFIG=\'{"cluster": {"worker": ["HOST:PORT", "HOST:PORT"]}, "task": {"type": "worker", '
    '"index": 0}}\', its own index in each, or start them by srun'
)


class Cluster(NamedTuple):
    """This process among the others."""

    worker: int
    workers: int

    @property
    def is_chief(self) -> bool:
        """Whether it is the one that prints and writes."""
        return self.worker == 0


def cluster() -> Cluster:
    """Return this process's place, from ``TF_CONFIG`` (Kubernetes' operators set it) or Slurm.

    Raises:
        UserError: neither says it.
    """
    text = os.environ.get(VARIABLE)
    if not text:
        if SLURM in os.environ and "SLURM_NTASKS" in os.environ:
            return Cluster(int(os.environ[SLURM]), int(os.environ["SLURM_NTASKS"]))
        raise UserError(f"--strategy multiworker: {VARIABLE} is not set: {REMEDY}")
    try:
        config = json.loads(text)
        workers, task = config["cluster"]["worker"], config["task"]
        found = Cluster(int(task["index"]), len(workers))
        whole = task["type"] == "worker" and all(":" in address for address in workers)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{VARIABLE} is not what it should be ({error!r}): {REMEDY}") from error
    if not whole or not 0 <= found.worker < found.workers:
        raise UserError(f"{VARIABLE} names no worker of its cluster: {REMEDY}")
    return found


def joining() -> tuple[Callable[[], None], list[Any]]:
    """Return what joins the cluster, to be called before the first tensor, and where it puts it.

    The second is an empty list, into which the strategy goes.
    """
    joined: list[Any] = []

    def join() -> None:
        import tensorflow as tf

        by_slurm = VARIABLE not in os.environ
        resolver = tf.distribute.cluster_resolver.SlurmClusterResolver() if by_slurm else None
        options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=PATIENCE_SECONDS)
        # no thread of Python runs while TensorFlow waits, an hour: the system's clock ends it
        signal.alarm(JOIN_SECONDS)
        try:
            joined.append(tf.distribute.MultiWorkerMirroredStrategy(resolver, options))
        except tf.errors.UnknownError as error:
            raise UserError(
                f"{VARIABLE}: this worker cannot listen at its own address: another process does, "
                "or it is another machine's: name a free port of this one"
            ) from error
        finally:
            signal.alarm(0)

    return join, joined
