"""What is timed for the law of overhead: each engine over many steps, and over one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import tensorflow as tf

from bench.host.built_here import BuiltHere
from bench.host.gpu import await_device
from bench.law.points import MATRIX, SHORT
from bench.timing.blocks import Work, settle
from bench.timing.model_stand import Arm, engine_of
from bench.timing.samples import ModelData
from bench.timing.segments import BuiltEngine

SAMPLES = 2**16
"""Of the data that is trained on, repeated where there is less of it: 16 of the largest batch."""
FEWEST_STEPS = 4
OUTWEIGHS = 3
"""How many times as long as a call with one step a run of many has to be, where it can."""


class BuiltPoint(BuiltEngine):
    """An engine that is built, with its data where it needs it: no step waits for a copy of all.

    ``fit`` copies arrays into tensors at every call, which a whole training does once; so it is
    handed tensors. The engine ``epoch`` keeps what it was handed before.
    """

    def __init__(self, arm: Arm, data: ModelData) -> None:
        super().__init__(engine_of(arm), arm.config.batch_size)
        self.arm, (self.x, self.y) = arm, data.train.first(SAMPLES)
        self.rng = np.random.default_rng(arm.config.seed)
        self._tensors: dict[int, tuple[tf.Tensor, tf.Tensor]] = {}

    def work(self, samples: int, epochs: int) -> None:
        """Take a step for each batch of so many samples, in a new order each epoch."""
        if self.arm.engine == "fit":
            self.engine.train(*self._as_tensors(samples), self.batch_size, epochs)
        elif self.arm.impl == "keras":
            self.engine.train(self.x[:samples], self.y[:samples], self.batch_size, epochs)
        else:
            for _ in range(epochs):
                order = self.rng.permutation(samples)
                self.engine.train_epoch(self.x, self.y, order, self.batch_size)

    def take(self, steps: int) -> None:
        """Take some steps, and wait until the device is through with them."""
        self.run(steps * self.batch_size)

    def seconds_of(self, steps: int) -> float:
        """Return the seconds that so many steps take."""
        return self.seconds(steps * self.batch_size)

    def _as_tensors(self, n: int) -> tuple[tf.Tensor, tf.Tensor]:
        if n not in self._tensors:
            self._tensors[n] = tf.constant(self.x[:n]), tf.constant(self.y[:n])
        return self._tensors[n]

    def steps_for(self, max_seconds: float) -> int:
        """Return how many steps fill about so many seconds, a power of two; warm up on the way.

        There are more where a call takes long: a difference of two times that are nearly the same
        would be noise.
        """
        most, steps = max(FEWEST_STEPS, SAMPLES // self.batch_size), FEWEST_STEPS
        self.take(1)
        self.take(steps)
        wanted = max(max_seconds / 2, OUTWEIGHS * self.seconds_of(1))
        while 2 * steps <= most and self.seconds_of(steps) < wanted:
            steps *= 2
        self._tensors.clear()
        return steps


class PointStand:
    """The engines of one point, each over many steps and over one (``bench.timing.blocks``).

    Args:
        members: the engines, each proved equal to the other side.
        data: what they train on.
        steps: of the long run of each, by its name; to be set by ``size`` first.
    """

    def __init__(self, members: Sequence[Arm], data: ModelData) -> None:
        self.members, self.data = tuple(members), data
        self.steps: Mapping[str, int] = {}
        self._built: BuiltHere[str, BuiltPoint] = BuiltHere()

    @property
    def arms(self) -> list[str]:
        """The names of the arms, two for each engine."""
        return [name for arm in self.members for name in (arm.name, arm.name + SHORT)]

    def size(self, max_seconds: float) -> dict[str, int]:
        """Return how many steps the long run of each engine has."""
        return {arm.name: self._build(arm).steps_for(max_seconds) for arm in self.members}

    def open(self) -> Mapping[str, Work]:
        """Build every engine, warm it up, and return both runs of each."""
        works: dict[str, Work] = {}
        for arm in self.members:
            built = self._build(arm)
            for steps in (1, FEWEST_STEPS):
                built.take(steps)
            works[arm.name] = partial(built.take, self.steps[arm.name])
            works[arm.name + SHORT] = partial(built.take, 1)
        return works

    def _build(self, arm: Arm) -> BuiltPoint:
        def build() -> BuiltPoint:
            built = BuiltPoint(arm, self.data)
            settle()
            return built

        return self._built.once(arm.name, build)


@dataclass(frozen=True)
class MatrixStand:
    """A large matrix product in float32: what this machine's arithmetic can do at best.

    Attributes:
        size: of the square matrices; large enough for a machine's best.
    """

    size: int
    arms = (MATRIX,)

    @property
    def flops(self) -> int:
        """The floating-point operations of the product."""
        return 2 * self.size**3

    def open(self) -> Mapping[str, Work]:
        """Draw two matrices, multiply them once, and return the product as the work."""
        a, b = (tf.random.stateless_normal((self.size,) * 2, seed=(0, n)) for n in range(2))

        def multiply() -> None:
            tf.linalg.matmul(a, b)
            await_device()

        multiply()
        return {MATRIX: multiply}
