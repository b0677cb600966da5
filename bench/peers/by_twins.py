"""The twins themselves as an arm beside the peers: a process of its own, as each of them has."""

from typing import Any

from bench.host.quiet_import import quiet_tensorflow


def make(config: dict[str, Any], dataset: str, limit: int | None, impl: str) -> "TwinArm":
    """Return one side of a pair, holding the weights that all start from."""
    quiet_tensorflow()
    return TwinArm(config, dataset, limit, impl)


class TwinArm:
    """A side of a proved pair (``bench.timing.turns.Arms``)."""

    def __init__(self, config: dict[str, Any], dataset: str, limit: int | None, impl: str) -> None:
        from bench import twins
        from bench.specs import Config
        from bench.timing.samples import ModelData

        self.config = Config.from_dict(config)
        build = twins.raw_engine if impl == "raw" else twins.keras_engine
        self.engine = build(self.config, twins.initial_weights(self.config))
        self.name = self.config.engine if impl == "raw" else self.config.keras_engine
        self.train = ModelData(self.config, dataset, limit).train

    def prepare(self, arm: str) -> Any:
        """Return what walks it, with as many steps a call as an epoch in a graph may take."""
        from bench.peers.peer import LEAST_STEPS
        from bench.timing.runners import train_runner

        samples = max(len(self.train.x), LEAST_STEPS * self.config.batch_size)
        x, y = self.train.first(samples)
        runner = train_runner(self.engine, self.name, x, y, self.config, 0)
        if not self.config.xla:
            return runner
        # under XLA each number of steps is compiled anew: always the same, from one look
        runner.take(4)
        looked = runner.take(4)
        a_step = looked.seconds / looked.steps
        return train_runner(self.engine, self.name, x, y, self.config, a_step)

    def close(self) -> None:
        """Give back what the engine holds."""
        if hasattr(self.engine, "close"):
            self.engine.close()
