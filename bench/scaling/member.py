"""What runs in each process of a scaling: one model, replicas of it, or a worker among others."""

import gc
from collections.abc import Sequence
from functools import partial
from typing import Any

from bench.dials.worker import Built
from bench.records.reading import Record
from bench.scaling.points import COMPUTE, EXCHANGE, WHOLE, WORKERS
from bench.specs import Config


def member(
    config: Record, dataset: str, limit: int | None, kind: str, n: int, order: str
) -> "Member":
    """Start TensorFlow, on devices or among workers, and return what trains there.

    Args:
        config: of the model, in plain values.
        dataset, limit: as ``bench.data.for_model.dataset_for`` takes them.
        kind, n: who they are, and how many.
        order: in which replicas sum.
    """
    from bench.host.device import replica_devices
    from bench.host.quiet_import import quiet_tensorflow
    from bench.host.workers import joining

    devices: Sequence[str] = ()
    joined: list[Any] = [None]
    if n > 1 and kind == WORKERS:
        join, joined = joining()
        quiet_tensorflow(join)
    elif n > 1:
        devices = replica_devices(n)
    else:
        quiet_tensorflow()
    return Member(Config.from_dict(config), dataset, limit, devices, order, joined[0])


class Member(Built):
    """The engines of a process, by what is timed of them, and what walks each arm.

    Args:
        config, dataset, limit: as of ``Built``.
        devices: one for each replica; empty where there are none.
        order: in which replicas sum.
        workers: the strategy by which this process has joined others, or None.
    """

    def __init__(
        self,
        config: Config,
        dataset: str,
        limit: int | None,
        devices: Sequence[str] = (),
        order: str = "in-turn",
        workers: Any = None,
    ) -> None:
        super().__init__(config, dataset, limit)
        self.devices, self.order, self.workers = devices, order, workers
        self.runners: dict[str, Any] = {}

    def open(self, name: str, part: str, batch_size: int, times: int) -> None:
        """Build an arm; it takes its first step here."""
        self.runners[name] = self._runner(part, batch_size, times)
        self.runners[name].take(1)
        gc.collect()
        gc.freeze()  # to walk over all of a framework takes longer than most slices
        gc.disable()

    def take(self, name: str, steps: int) -> tuple[float, int]:
        """Let an arm go on for so many steps; return the seconds, and the steps."""
        return tuple(self.runners[name].take(steps))

    def sizes(self) -> Record:
        """Return how many gradients there are, and how many bytes they are together."""
        parameters = self._engine(WHOLE).model.parameters.values()
        n_bytes = [each.shape.num_elements() * each.dtype.size for each in parameters]
        return {"tensors": len(n_bytes), "bytes": sum(n_bytes)}

    def _runner(self, part: str, batch_size: int, times: int) -> Any:
        from bench.floor.stand import TimesRunner
        from bench.scaling.apart import A_CALL, replicas_exchange, workers_exchange
        from bench.timing.runners import StepRunner

        if part == EXCHANGE:
            exchange = workers_exchange if self.workers else replicas_exchange
            return TimesRunner([exchange(self._engine(WHOLE), times)], A_CALL)
        whole_batches = max(1, len(self.data.train.x) // batch_size)
        x, y = self.data.train.first(whole_batches * batch_size)
        return StepRunner(self._engine(part), x, y, batch_size, self.config.seed)

    def _config(self, arm: str) -> Config:
        return self.config

    def _engine(self, arm: str) -> Any:
        if arm not in self.engines:
            self.engines[arm] = self._made(apart=arm == COMPUTE)
        return self.engines[arm]

    def _made(self, apart: bool) -> Any:
        """Return an engine: one that sums its gradients, or one that does not."""
        from bench import twins
        from bench.scale.by_hand import replicated_engine, workers_engine
        from bench.scaling.apart import ReplicasApart, WorkersApart

        weights = twins.initial_weights(self.config)
        if self.workers:
            make = partial(workers_engine, self.config, weights, self.workers)
            return make(engine=WorkersApart) if apart else make()
        if self.devices:
            replicated = partial(replicated_engine, self.config, weights, self.devices, self.order)
            return replicated(engine=ReplicasApart) if apart else replicated()
        return twins.raw_engine(self.config, weights)
