"""What is timed for the law of overhead: each engine over many steps, and over one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.for_model import dataset_for
from bench.law.points import MATRIX, SHORT
from bench.specs import Config
from bench.timing.blocks import Work, settle, timed
from bench.timing.model_stand import Arm, Samples

SAMPLES = 2**16
"""Of the data that is trained on, repeated where there is less of it: 16 of the largest batch."""
LEAST_STEPS = 4
OUTWEIGHS = 3
"""How many times as long as a call with one step a run of many has to be, where it can."""


class Data:
    """What a model trains on, loaded when it is first asked for: one copy for all points."""

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        self.config, self.dataset, self.limit = config, dataset, limit
        self._samples: tuple[np.ndarray, np.ndarray] | None = None

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs; it loads the data by itself."""
        return self.__dict__ | {"_samples": None}

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and labels."""
        if self._samples is None:
            found = dataset_for(self.config.spec, self.dataset, self.limit)
            self._samples = Samples(*twins.inputs_and_targets(self.config, found.train)).first(
                SAMPLES
            )
        return self._samples


class Opened:
    """An engine that is built, with its data where it needs it: no step waits for a copy of all.

    ``fit`` copies arrays into tensors at every call, which a whole training does once; so it is
    handed tensors. The engine ``epoch`` keeps what it was handed before.
    """

    def __init__(self, arm: Arm, data: Data) -> None:
        self.arm, self.config = arm, arm.config
        self.x, self.y = data.samples()
        make = twins.raw_engine if arm.impl == "raw" else twins.keras_engine
        self.engine: Any = make(self.config, twins.initial_weights(self.config))
        self.rng = np.random.default_rng(self.config.seed)
        self._tensors: dict[int, tuple[tf.Tensor, tf.Tensor]] = {}

    def take(self, steps: int) -> None:
        """Take some steps on samples in a new order, and wait until the device is through."""
        n, batch_size = steps * self.config.batch_size, self.config.batch_size
        if self.arm.impl == "raw":
            self.engine.train_epoch(self.x, self.y, self.rng.permutation(n), batch_size)
        elif self.arm.engine == "fit":
            self.engine.train(*self._as_tensors(n), batch_size, 1)
        else:
            self.engine.train(self.x[:n], self.y[:n], batch_size, 1)
        tf.test.experimental.sync_devices()

    def _as_tensors(self, n: int) -> tuple[tf.Tensor, tf.Tensor]:
        if n not in self._tensors:
            self._tensors[n] = tf.constant(self.x[:n]), tf.constant(self.y[:n])
        return self._tensors[n]

    def steps_for(self, max_seconds: float) -> int:
        """Return how many steps fill about so many seconds, a power of two; warm up on the way.

        There are more where a call takes long: a difference of two times that are nearly the same
        would be noise.
        """
        most, steps = max(LEAST_STEPS, SAMPLES // self.config.batch_size), LEAST_STEPS
        self.take(1)
        self.take(steps)
        wanted = max(max_seconds / 2, OUTWEIGHS * timed(partial(self.take, 1)))
        while 2 * steps <= most and timed(partial(self.take, steps)) < wanted:
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

    def __init__(self, members: Sequence[Arm], data: Data) -> None:
        self.members, self.data = tuple(members), data
        self.steps: Mapping[str, int] = {}
        self._opened: dict[str, Opened] = {}

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs; it opens the engines by itself."""
        return self.__dict__ | {"_opened": {}}

    @property
    def arms(self) -> list[str]:
        """The names of the arms, two for each engine."""
        return [name for arm in self.members for name in (arm.name, arm.name + SHORT)]

    def size(self, max_seconds: float) -> dict[str, int]:
        """Return how many steps the long run of each engine has."""
        return {arm.name: self._open(arm).steps_for(max_seconds) for arm in self.members}

    def open(self) -> Mapping[str, Work]:
        """Open every engine, warm it up, and return both runs of each."""
        works: dict[str, Work] = {}
        for arm in self.members:
            opened = self._open(arm)
            for steps in (1, LEAST_STEPS):
                opened.take(steps)
            works[arm.name] = partial(opened.take, self.steps[arm.name])
            works[arm.name + SHORT] = partial(opened.take, 1)
        return works

    def _open(self, arm: Arm) -> Opened:
        if arm.name not in self._opened:
            self._opened[arm.name] = Opened(arm, self.data)
            settle()
        return self._opened[arm.name]


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
            tf.test.experimental.sync_devices()

        multiply()
        return {MATRIX: multiply}
