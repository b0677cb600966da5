"""``gvk train --strategy``: on which devices, or with which other processes, a model is trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from bench.commands.replicas import refuse_other_dials
from bench.errors import Interrupted, UserError
from bench.host.device import replica_devices
from bench.host.quiet_import import quiet_tensorflow
from bench.host.workers import JOIN_SECONDS, Cluster, cluster, joining
from bench.specs import Config

MULTIWORKER, OWN_LOOP = "multiworker", "own_loop"
NO_FIT = (
    "Keras 3's fit does not work under MultiWorkerMirroredStrategy (keras-team/keras#20585): give "
    f"--engine {OWN_LOOP} for Keras layers in a loop of their own, or --strategy mirrored on one "
    "machine, or --impl raw"
)


APART = (
    "batch norm: in Keras each replica keeps moving averages of its own; what is written, and gone "
    "on with, is the first one's"
)


class Strategy(NamedTuple):
    """What was asked for.

    Attributes:
        replicas: how many copies of the model there are, 1 where nothing was asked for.
        cluster: this process among the others, or None.
    """

    replicas: int = 1
    cluster: Cluster | None = None

    @property
    def writes(self) -> bool:
        """Whether this process is the one that writes files."""
        return self.cluster is None or self.cluster.is_chief


def asked(strategy: str | None, replicas: int | None, impl: str, given: dict[str, Any]) -> Strategy:
    """Return what options ask for.

    Raises:
        UserError: they exclude each other, or nothing says who the other workers are.
    """
    if strategy is None:
        if replicas:
            raise UserError("--replicas does nothing without --strategy mirrored: give it too")
        return Strategy()
    _check_engine(strategy, impl, given["engine"])
    refuse_other_dials(given, apart=("engine", "keras_engine"))
    if strategy != MULTIWORKER:
        return Strategy(replicas or 2)
    if replicas:
        raise UserError("--replicas is for --strategy mirrored: workers are as many as are started")
    found = cluster()
    return Strategy(found.workers, found)


def _check_engine(strategy: str, impl: str, engine: str | None) -> None:
    """Raise ``UserError`` unless a strategy has this engine; Keras among workers has no ``fit``."""
    loop = strategy == MULTIWORKER and impl == "keras"
    if loop and engine != OWN_LOOP:
        raise UserError(f"--strategy {MULTIWORKER}: {NO_FIT}")
    if engine and not loop:
        raise UserError("--strategy has an engine of its own on each side: leave --engine out")


def started(strategy: Strategy) -> dict[str, Any]:
    """Start TensorFlow, on devices or among workers; return what an engine is to be told of it."""
    if strategy.cluster:
        worker, workers = strategy.cluster
        click.echo(
            f"worker {worker} of {workers}: waits for the others, {JOIN_SECONDS} s at most, after "
            "which the system ends it"
        )
        join, joined = joining()
        quiet_tensorflow(join)
        return {"workers": joined[0]}
    devices = replica_devices(strategy.replicas) if strategy.replicas > 1 else []
    quiet_tensorflow()
    return {"devices": devices}


def note(strategy: Strategy, impl: str, config: Config) -> str:
    """Return what is to be said of a strategy before a training; nothing where all is as alone."""
    return APART if strategy.replicas > 1 and impl == "keras" and config.spec.batch_norm else ""


@contextmanager
def together(strategy: Strategy) -> Iterator[None]:
    """Say in a line that another worker is gone, whatever TensorFlow makes of it.

    Raises:
        Interrupted: one is.
    """
    try:
        yield
    except Exception as error:
        import tensorflow as tf

        if not (strategy.cluster and isinstance(error, tf.errors.OpError)):
            raise
        raise Interrupted(
            f"another worker no longer answers ({type(error).__name__}): start all of them again, "
            "with --resume if you gave --checkpoint"
        ) from error
