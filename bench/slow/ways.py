"""What can be timed of a program: a step, a whole fit, predictions, an evaluation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.diagnose.build import build
from bench.diagnose.pair import Pair, described, leaves, rows
from bench.diagnose.programs import KerasProgram, LoopProgram, Program, Weighted
from bench.errors import UserError
from bench.timing.held import LEAST_CALLS
from bench.timing.runners import CallRunner, clocked, fit_runner
from bench.timing.slices import Runner, Slice

STEP, FIT, PREDICT, EVALUATE = "step", "fit", "predict", "evaluate"
TRAINING = (STEP, FIT)
MOST_TEST_ROWS = 256
"""Of the test set, for predictions and evaluations."""
ENOUGH_SECONDS, MOST_EPOCHS = 0.08, 8
"""Of the epochs whose time is a difference of two: long against what a burst adds to either."""
LEAST_SHARE = 0.1
"""Of a whole fit, that its epochs but the first take at least: a difference may come to nothing."""


class Walk:
    """Walks a program's step over the batches of an epoch, again and again."""

    def __init__(self, program: Program, pair: Pair) -> None:
        self.program, self.batches, self.place = program, batches_of(pair), 0
        self.last: Any = None

    def take(self, steps: int) -> Slice:
        """Take so many steps."""
        return Slice(clocked(partial(self._walk, steps)), steps)

    def _walk(self, steps: int) -> None:
        for _ in range(steps):
            self.last = self.program.step(*self.batches[self.place % len(self.batches)])
            self.place += 1

    def close(self) -> None:
        """Hold nothing."""


class Epochs:
    """Times epochs of a program's own fit, less what a call of it costs once."""

    def __init__(self, program: Program, pair: Pair) -> None:
        self.program, self.pair = program, pair
        self.steps = -(-len(pair.data) // pair.batch_size)
        self.epoch_seconds, self.one = 0.0, float("inf")

    def take(self, steps: int) -> Slice:
        """Train for an epoch and for some more; their difference is what those more take."""
        enough = round(ENOUGH_SECONDS / self.epoch_seconds) if self.epoch_seconds else 1
        more = max(1, round(steps / self.steps), min(enough, MOST_EPOCHS))
        self.one = min(self.one, self._fit(1))  # a burst in it would be taken off what is timed
        all_of_them = self._fit(1 + more)
        least = LEAST_SHARE * all_of_them
        self.epoch_seconds = max(all_of_them - self.one, least) / more
        return Slice(more * self.epoch_seconds, more * self.steps)

    def _fit(self, epochs: int) -> float:
        data = self.pair.data
        options = {"epochs": epochs, "batch_size": self.pair.batch_size}
        return clocked(partial(self.program.fit, data.x, data.y, **options))

    def close(self) -> None:
        """Hold nothing."""


def batches_of(pair: Pair) -> list[tuple[Any, Any]]:
    """Return the whole batches of an epoch, in order; all samples where they fill none."""
    data, size = pair.data, pair.batch_size
    whole = [slice(i * size, (i + 1) * size) for i in range(len(data) // size)]
    return [(rows(data.x, s), _targets(pair, s)) for s in whole or [slice(0, len(data))]]


def _targets(pair: Pair, which: slice) -> Any:
    y = rows(pair.data.y, which)
    return y if pair.data.weight is None else Weighted((y, pair.data.weight[which]))


def test_rows(pair: Pair) -> tuple[Any, Any]:
    """Return what predictions and evaluations are asked of."""
    few = slice(0, MOST_TEST_ROWS)
    return rows(pair.data.x_test, few), rows(pair.data.y_test, few)


def built(make: Callable[[], Any], name: str, pair: Pair) -> Program:
    """Return a fresh program, its variables found.

    Raises:
        UserError: it cannot be built.
    """
    try:
        program = build(make, name, pair.fit)
        model = program.thing
        if hasattr(model, "built") and not model.built and hasattr(model, "call"):
            model(rows(pair.data.x, slice(0, 1)))
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{name}: cannot be built: {described(error)}") from error
    program.variables = program.found_variables()
    return program


def ways_of(program: Program, reference: Program) -> list[str]:
    """Return what can be timed of a program beside the reference, training first."""
    ways = []
    if isinstance(program, KerasProgram):
        ways.append(FIT)
    elif isinstance(program, LoopProgram):
        ways += [STEP] if program._step is not None else []
        ways += [FIT] if program.can_fit else []
    if isinstance(program, KerasProgram) or hasattr(program.thing, "predict"):
        ways.append(PREDICT)
    if program.can_evaluate and reference.can_evaluate and not isinstance(program, KerasProgram):
        ways.append(EVALUATE)
    return ways


def runner_of(program: Program, way: str, pair: Pair) -> Runner:
    """Return what walks a program one way; a Keras model's training is its ``fit``."""
    if way in TRAINING:
        if isinstance(program, KerasProgram):
            return _keras_fit(program, pair)
        return Walk(program, pair) if way == STEP else Epochs(program, pair)
    x, y = test_rows(pair)
    call = partial(program.predict, x) if way == PREDICT else partial(program.evaluate, x, y)
    return CallRunner(call)


def _keras_fit(program: KerasProgram, pair: Pair) -> Runner:
    """Hold ``fit`` between its steps; an epoch too short for that is timed whole."""
    steps = -(-len(pair.data) // pair.batch_size)
    if steps < LEAST_CALLS * int(program.thing.steps_per_execution or 1):
        return Epochs(program, pair)
    data = pair.data

    def loop(epochs: int) -> None:
        program.fit(data.x, data.y, epochs=epochs, batch_size=pair.batch_size)

    return fit_runner(program.thing, loop, steps)


def answers(program: Program, way: str, pair: Pair) -> list[np.ndarray]:
    """Return what a program has come to: its weights, or what it answers."""
    if way in TRAINING:
        return [np.asarray(v, np.float64) for v in program.read()]
    x, y = test_rows(pair)
    if way == PREDICT:
        return [np.asarray(p, np.float64) for p in leaves(program.predict(x))]
    return [np.asarray(v, np.float64) for _, v in sorted(program.evaluate(x, y).items())]
