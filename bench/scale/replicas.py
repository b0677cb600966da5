"""Is a training on n replicas, each with its part of a batch, that of one with the whole batch?

Four questions, each a pair of programs that walk in lockstep:

1. Do devices change a number? By hand on n devices, against the same replicas in turn on one.
2. Is what Keras does under ``MirroredStrategy`` what is written out by hand? To the bit, added
   around the ring of TensorFlow's collective operations.
3. Do n replicas with B/n samples each train as one with B does? By hand, within the noise floor:
   the sum over a batch is another order of the same numbers.
4. Do they in Keras? Where they do not it is said why: it counts what counts over a batch over each
   replica's part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import epoch_order, steps_per_epoch
from bench.host.progress import progress
from bench.proof.comparisons import Comparisons, Entry
from bench.proof.criteria import (
    AFTER_STEP,
    ROUNDING_FLOAT64,
    SAME_BITS,
    SLOTS_AFTER_STEP,
    WEIGHTS_AFTER,
    Criterion,
)
from bench.proof.distance import EQUAL, Distance, largest
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import RUNS, NoiseFloor, shaken_engine
from bench.scale.parts import parts, two_programs
from bench.scale.sides import Sides
from bench.specs import Config
from bench.twins import slices

DEVICES, KERAS, RAW_ONE, KERAS_ONE = "devices", "keras", "one", "keras one"


@dataclass(frozen=True)
class Answer:
    """One of the four questions, answered.

    Attributes:
        question: a name of this module.
        criterion: what counted as equal, in words.
        entries: a line for each stage and tensor.
        why: what makes them two programs, where they are; then nothing is judged.
    """

    question: str
    criterion: str
    entries: tuple[Entry, ...]
    why: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether every tensor met the criterion at every step."""
        return all(entry.holds for entry in self.entries)

    @property
    def holds(self) -> bool:
        """Whether it is as it has to be: equal, where both are one program."""
        return self.equal or bool(self.why)

    @property
    def distance(self) -> Distance:
        """The largest distance of any tensor at any step."""
        return reduce(or_, (entry.distance for entry in self.entries), EQUAL)


@dataclass(frozen=True)
class Replicas:
    """What was found of one config.

    Attributes:
        config: the dials.
        replicas: how many.
        order: in which gradients are summed by hand.
        steps: that all took.
        sizes: of each kind of batch there was, the samples of each replica.
        answers: to the four questions.
        copies: the largest distance between two replicas' variables, by hand and in Keras.
    """

    config: Config
    replicas: int
    order: str
    steps: int
    sizes: tuple[tuple[int, ...], ...]
    answers: tuple[Answer, ...]
    copies: dict[str, Distance]

    @property
    def holds(self) -> bool:
        """Whether every answer is as it has to be, and the replicas by hand are copies still."""
        return all(answer.holds for answer in self.answers) and self.copies["raw"] == EQUAL


class Walk:
    """One walk of all sides over the same batches."""

    def __init__(
        self,
        config: Config,
        dataset: Dataset,
        devices: Sequence[str],
        order: str,
        steps: int | None,
    ) -> None:
        self.config, self.max_steps = config, steps
        self.x, self.y = twins.inputs_and_targets(config, dataset.train)
        self.sides = Sides(config, devices, order)
        weights = twins.initial_weights(config)
        self.shaken = [shaken_engine(config, weights, run) for run in range(RUNS)]
        self.floor = Comparisons(SAME_BITS)
        near: Criterion = NoiseFloor(self.floor, len(dataset.test))
        near = ROUNDING_FLOAT64 if config.dtype == "float64" else near
        self.found = {
            DEVICES: Comparisons(SAME_BITS),
            KERAS: Comparisons(SAME_BITS),
            RAW_ONE: Comparisons(near),
            KERAS_ONE: Comparisons(near),
        }
        self.copies = {"raw": EQUAL, "keras": EQUAL}
        self.steps = 0

    def run(self) -> None:
        """Take every step on every side, and compare after each."""
        with progress(f"replicas {self.config.model}", self.total) as advance:
            for order in self.orders():
                for batch in slices(order, self.config.batch_size):
                    self.step(batch)
                    advance()
                self.epoch(order)

    @property
    def total(self) -> int:
        """How many steps there are to take."""
        steps = self.config.epochs * steps_per_epoch(self.config, len(self.x))
        return min(steps, self.max_steps or steps)

    def orders(self) -> Iterator[Any]:
        """Yield the order of each epoch, the last one cut where the steps end."""
        left = self.total
        for epoch in range(self.config.epochs):
            order = epoch_order(self.config, len(self.x), epoch)[: left * self.config.batch_size]
            if len(order):
                yield order
            left -= -(-len(order) // self.config.batch_size)

    def step(self, batch: Any) -> None:
        """Let every side take one step."""
        self.steps += 1
        sides, x, y = self.sides, self.x[batch], self.y[batch]
        spread, in_turn = (s.train_on_batch(x, y) for s in (sides.spread, sides.in_turn))
        others: list[twins.Engine | twins.Fit] = [sides.as_keras, sides.keras, sides.keras_one]
        for side in (*others, sides.one, *self.shaken):
            side.train_on_batch(x, y)
        self._compare(DEVICES, sides.spread, sides.in_turn)
        self._compare(RAW_ONE, sides.spread, sides.one)
        self._compare(KERAS_ONE, sides.keras, sides.keras_one)
        self.found[DEVICES].add("loss", "loss", np.array(spread), np.array(in_turn), self.steps)
        self._compare_copies()
        for run in self.shaken:
            self._add(self.floor, run, sides.one)

    def epoch(self, order: Any) -> None:
        """Compare with the ``fit`` that ran the epoch whole."""
        whole = self.sides.keras_whole
        whole.train_epoch(self.x, self.y, order, self.config.batch_size)
        self.found[KERAS].add_all(
            f"{WEIGHTS_AFTER} fit",
            self.sides.as_keras.get_weights(),
            whole.get_weights(),
            self.steps,
        )

    def _compare(self, question: str, a: Any, b: Any) -> None:
        self._add(self.found[question], a, b)

    def _add(self, found: Comparisons, a: Any, b: Any) -> None:
        found.add_all(AFTER_STEP, a.get_weights(), b.get_weights(), self.steps)
        found.add_all(
            SLOTS_AFTER_STEP, a.get_optimizer_state(), b.get_optimizer_state(), self.steps
        )

    def _compare_copies(self) -> None:
        """Compare every replica's variables with Keras's of the same, and with one another."""
        sides, found = self.sides, self.found[KERAS]
        slots = (sides.as_keras.get_optimizer_state(), sides.keras.get_optimizer_state())
        found.add_all(SLOTS_AFTER_STEP, *slots, self.steps)
        for replica in range(sides.replicas):
            mine, keras = sides.as_keras.weights_of(replica), sides.keras.weights_of(replica)
            found.add_all(f"{AFTER_STEP}, replica {replica}", mine, keras, self.steps)
            for name, side in (("raw", sides.spread), ("keras", sides.keras)):
                self.copies[name] |= largest(side.weights_of(replica), side.weights_of(0))


def check_replicas(
    config: Config,
    dataset: Dataset,
    devices: Sequence[str],
    order: str = "in-turn",
    steps: int | None = None,
) -> Replicas:
    """Put the process into exact mode and answer the four questions for a config.

    Args:
        config: the dials; the batch size is that of all replicas together.
        dataset: whose training set is walked.
        devices: one for each replica.
        order: a key of ``rawtf.reduction.ORDERS``.
        steps: stop after so many; None for all epochs.
    """
    set_exact(config)
    # factors that the addends of a sum share are taken out of it on one device, not across several
    tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
    walk = Walk(config, dataset, devices, order, steps)
    walk.run()
    n = len(devices)
    met = {len(b): None for order in walk.orders() for b in slices(order, config.batch_size)}
    sizes = tuple(parts(size, n) for size in met)
    why = {
        RAW_ONE: two_programs(config, sizes, keras=False),
        KERAS_ONE: two_programs(config, sizes, keras=True),
    }
    answers = tuple(
        Answer(question, found.criterion.words, found.entries(), why.get(question, ()))
        for question, found in walk.found.items()
    )
    return Replicas(config, n, order, walk.steps, sizes, answers, walk.copies)
