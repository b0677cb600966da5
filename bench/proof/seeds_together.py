"""Whether seeds that train in one graph are their single runs: the same bits, or nearly.

A product of stacked matrices may be summed in another order than one alone, so the same bits
cannot be asked for everywhere. What is asked else is what a pair of other kernels is asked
(``bench.proof.noise_floor``): that each weight drifts no further than rounding alone drives a
single run from itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import epoch_order
from bench.errors import NotVerified
from bench.proof.criteria import SAME_BITS
from bench.proof.distance import EQUAL, Distance, distance
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import HEADROOM, RUNS, NoiseFloor, shaken_engine
from bench.specs import Config

EPS = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Together:
    """How far seeds in one graph end from their single runs.

    Attributes:
        config: of the first seed.
        seeds: how many.
        steps: that each took.
        distances: of each variable, the largest over all seeds.
        floors: of each variable, how far rounding alone drives a single run, relative to it.
    """

    config: Config
    seeds: int
    steps: int
    distances: Mapping[str, Distance]
    floors: Mapping[str, float]

    @property
    def criterion(self) -> str:
        """What holds, in words; the weaker of the two where neither does."""
        same = all(each.max_ulp == 0 for each in self.distances.values())
        return SAME_BITS.words if same else NoiseFloor.words

    @property
    def parted(self) -> list[str]:
        """The variables that drift further than rounding does."""
        return [
            name
            for name, each in self.distances.items()
            if not each.max_relative <= HEADROOM * self.floors[name]
        ]

    @property
    def farthest(self) -> tuple[str, Distance]:
        """The variable that drifts farthest, relative to its size, and how far."""
        return max(self.distances.items(), key=lambda of_name: of_name[1].max_relative)


@dataclass(frozen=True)
class CheckedSeeds:
    """Seeds in one graph that were proved to be their single runs; nothing else trains together."""

    proof: Together

    def __post_init__(self) -> None:
        if self.proof.parted:
            name = self.proof.parted[0]
            far, floor = self.proof.distances[name].max_relative, self.proof.floors[name]
            raise NotVerified(
                f"{self.proof.config.model}: {self.proof.seeds} seeds together are not their "
                f"single runs: {name} lies {far:.1e} apart, {HEADROOM:g} times the noise floor is "
                f"{HEADROOM * floor:.1e}"
            )


def check_seeds(config: Config, seeds: int, dataset: Dataset, steps: int) -> Together:
    """Train seeds in one graph and one after another, for a few steps of an epoch, and compare.

    Args:
        config: of the first seed; its engine does not matter, as all of them have the same bits.
        seeds: how many.
        dataset: what they train on.
        steps: at most; an epoch has no more.
    """
    set_exact(config)
    configs = twins.seeds_of(config, seeds)
    x, y = twins.inputs_and_targets(config, dataset.train)
    orders = np.stack([epoch_order(each, len(x), 0) for each in configs])
    orders = orders[:, : steps * config.batch_size]
    together = twins.raw_seeds(config, seeds)
    together.train_seeds(x, y, orders, config.batch_size)
    single = _Single(config, x, y)
    ends = [single.end(each, order) for each, order in zip(configs, orders, strict=True)]
    pairs = [
        {name: distance(value, end[name]) for name, value in together.weights_of(number).items()}
        for number, end in enumerate(ends)
    ]
    return Together(
        config, seeds, -(-orders.shape[1] // config.batch_size),
        {name: reduce(or_, (pair[name] for pair in pairs), EQUAL) for name in ends[0]},
        _floors(configs, orders, ends, x, y),
    )  # fmt: skip


class _Single:
    """Trains one seed after the other in the same graph."""

    def __init__(self, config: Config, x: np.ndarray, y: np.ndarray) -> None:
        self.batch_size, self.x, self.y = config.batch_size, x, y
        plain = config.but(engine="step", kernels="fused", gradients="auto")
        self.engine = twins.raw_engine(plain, twins.initial_weights(config))
        self.slots = self.engine.get_optimizer_state()

    def end(self, config: Config, order: np.ndarray) -> twins.Weights:
        """Return the weights that a seed ends with."""
        self.engine.set_state(twins.initial_weights(config), self.slots)
        self.engine.train_epoch(self.x, self.y, order, self.batch_size)
        return self.engine.get_weights()


def _floors(
    configs: Sequence[Config],
    orders: np.ndarray,
    ends: Sequence[twins.Weights],
    x: np.ndarray,
    y: np.ndarray,
) -> dict[str, float]:
    """Return the largest drift of a few shaken runs of the first seeds; one ULP at least."""
    floors = dict.fromkeys(ends[0], EPS)
    for run in range(RUNS):
        seed = run % len(configs)
        config = configs[seed]
        shaken = shaken_engine(config, twins.initial_weights(config), run)
        shaken.train_epoch(x, y, orders[seed], config.batch_size)
        for name, value in shaken.get_weights().items():
            drift = distance(value, ends[seed][name]).max_relative
            floors[name] = max(floors[name], drift)
    return floors
