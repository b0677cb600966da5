"""The arms of a benchmark: proved pairs, opened, warmed up, and cut into segments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bench import twins
from bench.data.epoch_order import steps_per_epoch
from bench.host.built_here import BuiltHere
from bench.proof.lockstep import CheckedPair
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.records.reading import AGAIN
from bench.specs import ENGINES, Config
from bench.timing.blocks import Work, settle
from bench.timing.samples import ModelData, Samples
from bench.timing.segments import (
    LEAST_STEPS,
    BuiltEngine,
    epochs_a_segment,
    samples_an_epoch,
    trainer,
)


@dataclass(frozen=True)
class Arm:
    """One way to run a model that was proved equal.

    Attributes:
        name: such as ``raw step`` or ``keras fit again``.
        impl: ``raw`` or ``keras``.
        pair: the proof; a raw arm runs its raw engine, a Keras arm its Keras engine.
        samples: of an epoch; 0 until it is sized.
        epochs: of a segment.
    """

    name: str
    impl: str
    pair: CheckedPair
    samples: int = 0
    epochs: int = 1

    @property
    def config(self) -> Config:
        """The dials of the pair."""
        return self.pair.config

    @property
    def engine(self) -> str:
        """How it is run."""
        return self.config.engine if self.impl == "raw" else self.config.keras_engine

    @property
    def steps(self) -> int:
        """How many steps an epoch takes."""
        return steps_per_epoch(self.config, self.samples)

    @property
    def shared(self) -> Config:
        """What it shares with the arms that it may be compared with."""
        return self.config.but(engine="step", keras_engine="fit")


def raw_arm(pair: CheckedPair) -> Arm:
    """Return the hand-written side of a pair."""
    return Arm(f"raw {pair.config.engine}", "raw", pair)


def keras_arm(pair: CheckedPair, task: str = "training") -> Arm:
    """Return the Keras side of a pair; in inference that is ``predict``, whatever trained it."""
    name = pair.config.keras_engine if task == "training" else "predict"
    return Arm(f"keras {name}", "keras", pair)


def again(arm: Arm) -> Arm:
    """Return a copy of an arm, the control beside it."""
    return replace(arm, name=arm.name + AGAIN)


Engine = twins.Engine | twins.Fit
Engines = BuiltHere[tuple[str, Config, bool], Engine]
"""Engines by side, dials, and whether they are the copy."""


class ModelStand:
    """Times models, an epoch or several a segment; every arm is built once a process.

    Args:
        arms: what is compared; those that share their dials run on the same samples.
        dataset, limit: what they run on, as ``bench.data.for_model.dataset_for`` takes it.
        task: a key of ``TASKS``.
        engines: what other tasks of the same arms have built in this process; taken, and added to.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        dataset: str,
        limit: int | None,
        task: str = "training",
        engines: Engines | None = None,
    ) -> None:
        self.members, self.dataset, self.limit, self.task = tuple(arms), dataset, limit, task
        self._engines: Engines = BuiltHere() if engines is None else engines
        self._built: BuiltHere[str, BuiltArm] = BuiltHere()
        self._data: BuiltHere[Config, ModelData] = BuiltHere()

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm.name for arm in self.members]

    @property
    def epoch_samples(self) -> int:
        """Samples of a whole epoch, loaded with the first arm that runs on them."""
        return len(self._samples_for(self.members[0]).x)

    def sizes(self, max_seconds: float) -> dict[str, tuple[int, int]]:
        """Return samples an epoch and epochs a segment of each arm, from a first look at it."""
        sizes: dict[str, tuple[int, int]] = {}
        for shared in dict.fromkeys(arm.shared for arm in self.members):
            group = [self._build(arm) for arm in self.members if arm.shared == shared]
            settle()
            sizes |= _sizes(group, max_seconds, self.task)
        return sizes

    def resize(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Take the sizes that were found."""
        self.members = tuple(
            replace(arm, samples=sizes[arm.name][0], epochs=sizes[arm.name][1])
            for arm in self.members
        )

    def open(self) -> Mapping[str, Work]:
        """Build every arm, warm it up, and return a segment of each."""
        works = {}
        for arm in self.members:
            built = self._build(arm)
            built.warm_up(arm.samples)
            works[arm.name] = partial(built.run, arm.samples, arm.epochs)
        return works

    def engines(self) -> dict[str, Engine]:
        """Return what runs each arm, built."""
        return {arm.name: self._build(arm).engine for arm in self.members}

    def _build(self, arm: Arm) -> "BuiltArm":
        def build() -> BuiltArm:
            samples = self._samples_for(arm)
            return BuiltArm(arm, self._engine(arm), samples, self.task)

        return self._built.once(arm.name, build)

    def _engine(self, arm: Arm) -> Engine:
        key = (arm.impl, arm.config, arm.name.endswith(AGAIN))
        return self._engines.once(key, partial(engine_of, arm))

    def _samples_for(self, arm: Arm) -> Samples:
        config = arm.shared.but(batch_size=1)  # of any batch size: the same samples
        return self._data.once(config, partial(ModelData, config, self.dataset, self.limit)).train


def engine_of(arm: Arm) -> Engine:
    """Return what runs an arm, built, and holding the weights that every arm starts from."""
    make = twins.raw_engine if arm.impl == "raw" else twins.keras_engine
    return make(arm.config, twins.initial_weights(arm.config))


class BuiltArm(BuiltEngine):
    """An arm with its engine built."""

    def __init__(self, arm: Arm, engine: Engine, samples: Samples, task: str) -> None:
        super().__init__(engine, arm.config.batch_size)
        self.arm, self.samples = arm, samples
        self._run = TASKS[task](engine, arm.config)

    def work(self, samples: int, epochs: int) -> None:
        """Train or predict."""
        self._run(*self.samples.first(samples), epochs)

    def warm_up(self, samples: int) -> None:
        """Let everything happen that happens once: tracing, compiling, copies to the device."""
        knows_sizes = self.arm.config.xla and ENGINES[self.arm.engine].whole_epoch
        few = min(samples, 2 * self.batch_size + samples % self.batch_size)
        self.run(samples if knows_sizes else few)


RunEpochs = Callable[[np.ndarray, np.ndarray, int], object]


def _training(engine: Engine, config: Config) -> RunEpochs:
    """Train; each side draws a new permutation every epoch."""
    train = engine.train if isinstance(engine, twins.Fit) else trainer(engine, config.seed)
    return lambda x, y, epochs: train(x, y, config.batch_size, epochs)


def _inference(engine: Engine, config: Config) -> RunEpochs:
    """Predict, as ``model.predict`` does."""

    def predict(x: np.ndarray, y: np.ndarray, epochs: int) -> None:
        for _ in range(epochs):
            engine.predict(x, PREDICT_BATCH_SIZE)

    return predict


TASKS: dict[str, Callable[[Engine, Config], RunEpochs]] = {
    "training": _training,
    "inference": _inference,
    "latency": _inference,  # of one sample
}


def _sizes(group: Sequence[BuiltArm], max_seconds: float, task: str) -> dict[str, tuple[int, int]]:
    """Return sizes at which the slowest arm's epoch is short enough, and each segment long."""
    samples = 1 if task == "latency" else _samples_an_epoch(group, max_seconds)
    sizes = {}
    for built in group:
        built.warm_up(samples)
        sizes[built.arm.name] = (samples, epochs_a_segment(built.seconds(samples)))
    return sizes


def _samples_an_epoch(group: Sequence[BuiltArm], max_seconds: float) -> int:
    """Return the samples of an epoch that the slowest arm can afford."""
    slow = max(_step_seconds(built, max_seconds / 4) for built in group)
    return samples_an_epoch(len(group[0].samples.x), group[0].batch_size, slow, max_seconds)


def _step_seconds(built: BuiltArm, enough: float) -> float:
    """Return the time of a step, from ever more of them: a call of ``fit`` has costs of its own."""
    batch, steps = built.batch_size, 2
    built.run(steps * batch)
    while (seconds := built.seconds(steps * batch)) < enough and steps < LEAST_STEPS:
        steps *= 5
    return seconds / steps
