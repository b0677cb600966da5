"""The arms of a benchmark: proved pairs, opened, warmed up, and cut into segments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bench import twins
from bench.data.epoch_order import steps_per_epoch
from bench.host.built_here import BuiltHere
from bench.host.memory import named_if_short
from bench.proof.lockstep import CheckedPair
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.records.reading import AGAIN
from bench.specs import ENGINES, Config
from bench.timing.blocks import settle
from bench.timing.runners import CallRunner, train_runner
from bench.timing.samples import ModelData, Samples
from bench.timing.segments import LEAST_STEPS, samples_an_epoch
from bench.timing.slices import Pace, Runner, Slices, step_seconds

TRAINING, LATENCY = "training", "latency"


@dataclass(frozen=True)
class Arm:
    """One way to run a model that was proved equal.

    Attributes:
        name: such as ``raw step`` or ``keras fit again``.
        impl: ``raw`` or ``keras``.
        pair: the proof; a raw arm runs its raw engine, a Keras arm its Keras engine.
        samples: of an epoch, or of a call; 0 until it is sized.
        step_seconds: about what a step takes, or a call; 0 until it was looked at.
        way: how a Keras model is asked for one sample, a key of ``twins.PREDICTING``; empty where
            it is not.
    """

    name: str
    impl: str
    pair: CheckedPair
    samples: int = 0
    step_seconds: float = 0.0
    way: str = ""

    @property
    def eager(self) -> bool:
        """Whether it is asked for its prediction outside of any graph."""
        return self.way in twins.EAGER or (self.impl == "raw" and not ENGINES[self.engine].traced)

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
    engine = pair.config.keras_engine
    name = (ENGINES[engine].title or engine) if task == TRAINING else "predict"
    return Arm(f"keras {name}", "keras", pair)


def one_sample_arms(pair: CheckedPair) -> list[Arm]:
    """Return an arm for each way to ask the Keras side of a pair for one sample."""
    return [Arm(f"keras {way}", "keras", pair, way=way) for way in twins.PREDICTING]


def again(arm: Arm) -> Arm:
    """Return a copy of an arm, the control beside it."""
    return replace(arm, name=arm.name + AGAIN)


Engine = twins.Engine | twins.Fit
Engines = BuiltHere[tuple[str, Config, bool], Engine]
"""Engines by side, dials, and whether they are the copy."""


END_SHARE, MOST_ENDS = 0.3, 8
"""Of a block's slices so much more, for whole epochs of a ``fit``; and no more of them."""


def ends_a_block(epoch_seconds: Mapping[str, float], block_seconds: float) -> dict[str, int]:
    """Return of how many epochs of each arm the end is timed in a block.

    None of any where one cannot afford it: a ratio would be of a whole epoch to steps alone.
    """
    if any(seconds > block_seconds for seconds in epoch_seconds.values()):
        return {}
    ends = {arm: int(END_SHARE * block_seconds / each) for arm, each in epoch_seconds.items()}
    return {arm: min(max(1, each), MOST_ENDS) for arm, each in ends.items()}


class ModelStand:
    """Times models in slices; every arm is built once a process.

    Args:
        arms: what is compared; those that share their dials run on the same samples.
        dataset, limit: what they run on, as ``bench.data.for_model.dataset_for`` takes it.
        task: training, or a key of ``TASKS``.
        engines: what other tasks of the same arms have built in this process; taken, and added to.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        dataset: str,
        limit: int | None,
        task: str = TRAINING,
        engines: Engines | None = None,
    ) -> None:
        self.members, self.dataset, self.limit, self.task = tuple(arms), dataset, limit, task
        self.rounds, self.seed = 2, 0
        self.ends: dict[str, int] = {}
        self._engines: Engines = BuiltHere() if engines is None else engines
        self._data: BuiltHere[Config, ModelData] = BuiltHere()

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm.name for arm in self.members]

    @property
    def epoch_samples(self) -> int:
        """Samples of a whole epoch, loaded with the first arm that runs on them."""
        return len(self.first_samples())

    @property
    def pace(self) -> Pace:
        """How long slices are, by what a step of each arm takes."""
        seconds = {arm.name: arm.step_seconds for arm in self.members}
        return Pace(seconds, self.rounds, self.seed, ends=self.ends)

    def look(self) -> dict[str, tuple[int, float]]:
        """Return samples an epoch and seconds a step of each arm, from a first look at it."""
        found: dict[str, tuple[int, float]] = {}
        for shared in dict.fromkeys(arm.shared for arm in self.members):
            group = [arm for arm in self.members if arm.shared == shared]
            samples = self._samples(group)
            settle()
            for arm in group:
                sized = replace(arm, samples=samples)
                found[arm.name] = samples, self._seconds(sized)
        return found

    def resize(self, found: Mapping[str, tuple[int, float]], rounds: int, seed: int) -> None:
        """Take what a look found; so many rounds a block, their lengths from a seed.

        In each block the ends of a few epochs are timed too, of every ``fit``.
        """
        self.members = tuple(
            replace(arm, samples=found[arm.name][0], step_seconds=found[arm.name][1])
            for arm in self.members
        )
        self.rounds, self.seed = rounds, seed
        if self.task == TRAINING:
            self.ends = self._ends()

    def _ends(self) -> dict[str, int]:
        """Return of how many epochs of each ``fit`` the end is timed in a block."""
        fits = [arm for arm in self.members if ENGINES[arm.engine].fits]
        own = {arm.name: arm.steps * arm.step_seconds for arm in fits if AGAIN not in arm.name}
        return ends_a_block(own, self.rounds * self.pace.round_seconds)

    def open(self) -> Slices:
        """Build every arm, and let each take its first steps."""
        runners = {arm.name: self._runner(arm) for arm in self.members}
        slices = Slices(runners, self.pace)
        slices.warm_up()
        return slices

    def first_samples(self) -> np.ndarray:
        """Return the samples that the first arm runs on, in their order."""
        return self._samples_for(self.members[0]).x

    def engines(self) -> dict[str, Engine]:
        """Return what runs each arm, built."""
        return {arm.name: self._engine(arm) for arm in self.members}

    def _engine(self, arm: Arm) -> Engine:
        key = (arm.impl, arm.config, arm.name.endswith(AGAIN))
        with named_if_short(arm.name):
            return self._engines.once(key, partial(engine_of, arm))

    def _samples_for(self, arm: Arm) -> Samples:
        config = arm.shared.but(batch_size=1)  # of any batch size: the same samples
        return self._data.once(config, partial(ModelData, config, self.dataset, self.limit)).train

    def _runner(self, arm: Arm) -> Runner:
        engine, config = self._engine(arm), arm.config
        x, y = self._samples_for(arm).first(arm.samples)
        if self.task != TRAINING:
            return CallRunner(partial(TASKS[self.task](arm, engine), x))
        return train_runner(engine, arm.engine, x, y, config, arm.step_seconds)

    def _seconds(self, arm: Arm) -> float:
        runner = self._runner(arm)
        try:
            with named_if_short(arm.name):
                return step_seconds(runner)
        finally:
            runner.close()

    def _samples(self, group: Sequence[Arm]) -> int:
        """Return the samples of an epoch; of a call, as many as the slowest arm can afford."""
        if self.task == LATENCY:
            return 1
        whole, batch = len(self._samples_for(group[0]).x), group[0].config.batch_size
        if self.task == TRAINING:
            calls = max(ENGINES[arm.engine].steps_a_call for arm in group)
            return max(whole, max(LEAST_STEPS, LEAST_GRAPHS * calls) * batch)
        few = [replace(arm, samples=min(whole, 2 * PREDICT_BATCH_SIZE)) for arm in group]
        slow = max(self._seconds(arm) for arm in few) / few[0].samples
        return samples_an_epoch(whole, batch, slow * batch, CALL_SECONDS)


def engine_of(arm: Arm) -> Engine:
    """Return what runs an arm, built, and holding the weights that every arm starts from."""
    make = twins.raw_engine if arm.impl == "raw" else twins.keras_engine
    return make(arm.config, twins.initial_weights(arm.config))


LEAST_GRAPHS = 4
"""Of an epoch, where a call is a graph of several steps."""
CALL_SECONDS = 0.5
"""What a call of inference may take; what it is given is cut to it."""


def _inference(arm: Arm, engine: Engine) -> twins.Ask:
    """Return what predicts all samples, as ``model.predict`` does."""
    return lambda x: engine.predict(x, PREDICT_BATCH_SIZE)


def ask_of(arm: Arm, engine: Engine) -> twins.Ask:
    """Return what predicts one sample: an arm's own way, or the raw side's function of a batch."""
    if isinstance(engine, twins.Fit):
        return twins.PREDICTING[arm.way](engine.model)
    return engine.predict_on_batch


TASKS: dict[str, Callable[[Arm, Engine], twins.Ask]] = {
    "inference": _inference,
    LATENCY: ask_of,
}
"""What is timed besides training: a call is a step of a slice there."""
