"""What runs in the process of a setting: the engines of one model, trained a little, then timed."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bench.dials.dials import INTER, INTRA
from bench.host.quiet_import import quiet_tensorflow
from bench.records.reading import Record
from bench.specs import ENGINES, Config

STEPS = 6
"""That are compared, the last one of half a batch, at the batch size that is timed: how a sum is
cut among threads follows from its size."""
FEW = 8
"""Steps of a call, at a first look at an engine of whole epochs: XLA compiles each number anew."""


def arms(config: Record, dataset: str, limit: int | None, xla: bool) -> "Built":
    """Start TensorFlow, and return the engines of a model.

    Args:
        config: of the model, in plain values.
        dataset, limit: as ``bench.data.for_model.dataset_for`` takes them.
        xla: whether XLA compiles the engines that it can.
    """
    quiet_tensorflow()
    return Built(Config.from_dict(config).but(xla=xla), dataset, limit)


class Built:
    """The engines of a model, each built when it is first asked for; arms are named by engine."""

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        from bench.timing.samples import ModelData

        self.config, self.data = config, ModelData(config, dataset, limit)
        self.engines: dict[str, Any] = {}
        self.ended: dict[str, dict[str, np.ndarray]] = {}

    def facts(self) -> Record:
        """Return what the process is as it comes: oneDNN, threads and cores."""
        import psutil

        from bench.proof.onednn import fuses_bias_gradient

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return {
            "onednn": fuses_bias_gradient(),
            "inter-op": int(os.environ.get(INTER) or cores or 1),
            "intra-op": int(os.environ.get(INTRA) or cores or 1),
            "schedulable": cores or 1,
            "physical": min(psutil.cpu_count(logical=False) or 1, cores or 1),
        }

    def prepare(self, arm: str) -> Any:
        """Return what walks an engine over the data."""
        from bench.timing.runners import EpochRunner, train_runner
        from bench.timing.segments import LEAST_STEPS
        from bench.timing.slices import step_seconds

        config = self._config(arm)
        whole = max(len(self.data.train.x), LEAST_STEPS * config.batch_size)
        x, y = self.data.train.first(whole)
        engine, seconds = self._engine(arm), 0.0
        if ENGINES[arm].whole_epoch:  # how much of an epoch a call is follows from what it takes
            few = EpochRunner(engine, x, y, config.batch_size, config.seed, part=FEW)
            seconds = step_seconds(few)
        return train_runner(engine, arm, x, y, config, seconds)

    def train(self, arm: str) -> None:
        """Take the few steps from the weights that all start from; keep what they end in."""
        self.ended[arm] = self._ended(self._engine(arm))

    def save(self, arm: str, path: str) -> None:
        """Write what an engine ended in."""
        np.savez(path, allow_pickle=False, **self.ended[arm])

    def compared(self, arm: str, path: str) -> Record:
        """Return how far the weights in a file lie from those that an engine ended in here."""
        from bench.proof.comparisons import Comparisons
        from bench.proof.criteria import SAME_BITS

        with np.load(Path(path)) as file:
            others = dict(file)
        own = self.ended[arm]
        entries, floor = Comparisons(SAME_BITS), Comparisons(self._floor)
        for each in (entries, floor):
            each.add_all("weights", others, own, STEPS)
        worst = max(entries.entries(), key=lambda entry: entry.distance.max_ulp)
        return {
            "tensor": worst.tensor,
            "max_ulp": worst.distance.max_ulp,
            "max_relative": worst.distance.max_relative,
            "same_bits": worst.distance.max_ulp == 0,
            "within_noise": all(entry.holds for entry in floor.entries()),
        }

    def close(self) -> None:
        """Let go of the sessions."""
        for engine in self.engines.values():
            if hasattr(engine, "close"):
                engine.close()

    def _config(self, arm: str) -> Config:
        named = "engine" if ENGINES[arm].impl == "raw" else "keras_engine"
        takes_xla = ENGINES[arm].takes_xla or ENGINES[arm].impl == "keras"
        return self.config.but(xla=self.config.xla and takes_xla, **{named: arm})

    def _engine(self, arm: str) -> Any:
        from bench import twins

        if arm not in self.engines:
            make = twins.raw_engine if ENGINES[arm].impl == "raw" else twins.keras_engine
            config = self._config(arm)
            self.engines[arm] = make(config, twins.initial_weights(config))
        return self.engines[arm]

    def _ended(self, engine: Any) -> dict[str, np.ndarray]:
        batch = self.config.batch_size
        x, y = self.data.train.first(STEPS * batch - batch // 2)
        engine.train_epoch(x, y, np.arange(len(x)), batch)
        return engine.get_weights()

    @cached_property
    def _floor(self) -> Any:
        """The noise floor of these steps: how far rounding alone drives the model from itself."""
        from bench import twins
        from bench.proof.comparisons import Comparisons
        from bench.proof.criteria import SAME_BITS
        from bench.proof.noise_floor import RUNS, NoiseFloor, shaken_engine

        comparisons, own = Comparisons(SAME_BITS), next(iter(self.ended.values()))
        config = self.config.but(xla=False)
        for run in range(RUNS):
            shaken = shaken_engine(config, twins.initial_weights(config), run)
            comparisons.add_all("weights", self._ended(shaken), own, STEPS)
        return NoiseFloor(comparisons, n_test=1)
