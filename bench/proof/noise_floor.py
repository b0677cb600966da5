"""The noise floor: how far a model drifts from itself when its last bits are shaken.

Two programs that sum in another order cannot agree to the bit. How far may they part before one
of them is wrong? As far as a program parts from itself when nothing but roundings change. So a
twin is trained again with every weight moved by some ULP, up or down at random, at the start and
after every step, as rounding would move it (Monte Carlo arithmetic: Parker 1997), and so are the
means and variances that batch norm keeps: of the inputs themselves they depend on no weight. A few
such runs against the undisturbed one give, for each tensor, the drift that rounding alone can bring
about.

To move one single weight once is not enough: what reaches a tensor then is far less than the
rounding of the sums that made it. One ULP is not enough either: a sum over 50,000 pixels is rounded
more than that, and rounds activations over zero more often, each a jump of a gradient that a pair
then has and its floor has not.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import tensorflow as tf

from bench import twins
from bench.proof.comparisons import METRIC, Comparisons
from bench.proof.distance import Distance
from bench.proof.wrapped_optimizer import WrappedOptimizer
from bench.specs import Config
from rawtf.kernels import Kernels, Op
from rawtf.optimizers import Optimizer
from rawtf.updates import Update

RUNS = 3
"""Shaken runs of each floor; the floor is the largest drift among them."""
SHAKE_ULP = 16.0
"""How far each weight is moved, at the start and after each step."""
HEADROOM = 8.0
"""How many times the floor a pair may drift: docs/exactness.md has the measurement."""
MEAN, VARIANCE = 998, 999
"""Numbers of the statistics of batch norm among what a step writes: above those of all weights."""


class NoiseFloor:
    """A criterion: at each step within ``HEADROOM`` times the drift of that tensor so far.

    So far, not in the end: a floor rises with a run, and where it has come near the size of a
    tensor nothing can be above it. What parts at the first step is judged by the first step.

    Args:
        comparisons: where the shaken runs are written down; judged from once they are over.
        n_test: test samples; a metric may always differ by one of them.
    """

    words = f"within {HEADROOM:g} times the noise floor"

    def __init__(self, comparisons: Comparisons, n_test: int) -> None:
        self.comparisons, self.n_test = comparisons, n_test
        self._drifts: dict[tuple[str, str], tuple[list[int], list[float]]] = {}

    def holds(self, distance: Distance, stage: str, tensor: str, step: int) -> bool:
        """Return whether a pair drifts no further than rounding has driven a model from itself."""
        return distance.max_relative <= HEADROOM * self.floor(stage, tensor, step)

    def floor(self, stage: str, tensor: str, step: int | None = None) -> float:
        """Return the largest drift of the shaken runs up to a step, relative to the tensor.

        It is one ULP at least, and of a metric one test sample: what a last rounding can do.
        """
        least = 1.0 / self.n_test if stage == METRIC else float(np.finfo(np.float32).eps)
        key = (stage, tensor)
        if key not in self._drifts:
            self._drifts[key] = self.comparisons.drift(stage, tensor)
        steps, drifts = self._drifts[key]
        seen = len(steps) if step is None else bisect_right(steps, step)
        return max(least, drifts[seen - 1]) if seen else least


def shaken_engine(config: Config, weights: twins.Weights, run: int) -> twins.Engine:
    """Return the hand-written twin with fused kernels, whatever a step writes shaken."""
    plain = config.but(engine="step", kernels="fused", gradients="auto")
    rng = np.random.default_rng([config.seed, run, 2])
    start = {name: shaken(rng, value) for name, value in weights.items()}
    tosses = Tosses(run)

    def shake_optimizer(optimizer: Optimizer) -> Optimizer:
        return Shaken(optimizer, tosses)

    def shake_statistics(kernels: Kernels) -> Kernels:
        return replace(kernels, normalize=shaken_statistics(kernels.normalize, tosses))

    return twins.raw_engine(plain, start, shake_optimizer, shake_statistics)


def shaken(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """Return each number moved by ``SHAKE_ULP``, up or down by the toss of a coin; zeros stay."""
    if values.dtype.kind != "f":
        return values
    up = rng.random(values.shape) >= 0.5
    return np.where(values == 0, values, moved(tf.constant(values), up))


def moved(values: tf.Tensor, up: tf.Tensor) -> tf.Tensor:
    """Return each number moved by ``SHAKE_ULP``, up where it is said so, else down."""
    size = tf.abs(values)
    ulp = tf.math.nextafter(size, tf.constant(np.inf, values.dtype)) - size
    return values + tf.where(up, SHAKE_ULP * ulp, -SHAKE_ULP * ulp)


class Tosses:
    """The coins of one shaken run: thrown anew at each step, the same in every process."""

    def __init__(self, run: int) -> None:
        self.run = run
        self.steps = tf.Variable(0, dtype=tf.int64, trainable=False)

    def move(self, value: tf.Tensor, number: int) -> tf.Tensor:
        """Return a tensor moved; each of a step has a number of its own."""
        seed = tf.stack([self.steps, tf.constant(1000 * self.run + number, tf.int64)])
        return moved(value, tf.random.stateless_uniform(tf.shape(value), seed) < 0.5)

    def next(self) -> Update:
        """Return what a step has to write, so that the next one is shaken otherwise."""
        return self.steps, self.steps + tf.constant(1, tf.int64)


class Shaken(WrappedOptimizer):
    """An optimizer whose next weights are each moved by ``SHAKE_ULP``."""

    def __init__(self, optimizer: Optimizer, tosses: Tosses) -> None:
        super().__init__(optimizer)
        self.tosses = tosses

    def updates(self, gradients: Sequence[tf.Tensor]) -> list[Update]:
        """Return the updates of the rule, the weights shaken."""
        weights = {id(w) for w in self.parameters.values()}
        updates = [
            (w, self.tosses.move(value, number) if id(w) in weights else value)
            for number, (w, value) in enumerate(self.optimizer.updates(gradients))
        ]
        return [*updates, self.tosses.next()]


def shaken_statistics(normalize: Op, tosses: Tosses) -> Op:
    """Return the op of batch norm, the mean and variance that it hands on shaken."""

    def shaken_normalize(
        x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        y, mean, variance = normalize(x, gamma, beta)
        return y, tosses.move(mean, MEAN), tosses.move(variance, VARIANCE)

    return shaken_normalize
