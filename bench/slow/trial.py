"""A program of an edited file, warm and ready to be timed: the same numbers, or it is refused."""

import ast
import difflib
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from bench.diagnose.pair import Pair, make_pair
from bench.diagnose.programs import Program, Values
from bench.errors import UserError
from bench.slow.source import Source
from bench.slow.ways import EVALUATE, FIT, PREDICT, STEP, TRAINING, answers, built, runner_of
from bench.timing.slices import Runner

WARM_STEPS = 3
LONG_SECONDS = 0.5
"""Of a first call: what happens once in it is little beside the rest, and one is enough."""
LOOKS = {STEP: 3, FIT: 1, PREDICT: 1, EVALUATE: 1}
"""Steps or calls whose shortest says how long one takes."""
MOVED_SHARE = 0.02
"""Of what the steps moved the weights by: so far a cured program may be from the other. Rounding
carries it to some 1e-5; a step left out, or another batch, to 0.1 and more."""
ANSWER_SHARE = 1e-3
"""The same of predictions and metrics, relative to them."""
RANDOM = 0.05
"""Where a program is so far from itself in a second run, its numbers decide nothing."""


@dataclass
class Warm:
    """A program that has been walked for some steps.

    Attributes:
        about: the seconds of a step, from its last steps.
        came_to: its weights after the warm steps, or its answers.
        start: its weights before them.
    """

    program: Program
    module: ModuleType
    runner: Runner
    about: float
    came_to: list[np.ndarray]
    start: Values

    def close(self) -> None:
        """Let go of it."""
        self.runner.close()


def warm(source: Source, loop: str, way: str, pair: Pair, start: Values | None = None) -> Warm:
    """Return the program of a text, walked until what happens once is over.

    Args:
        source: of it.
        loop: the name that makes it.
        way: what is walked.
        pair: whose data it is given.
        start: the weights it begins with; None for its own.

    Raises:
        UserError: it cannot be loaded, built or run.
    """
    module = source.load()
    if not hasattr(module, loop):
        raise UserError(f"{source.original.name}: defines no `{loop}`")
    made = make_pair(getattr(module, loop), lambda: None, pair.data, pair.fit).loop
    program = built(made, "loop", pair)
    if start is not None:
        program.write(start)
    begin = [np.array(v) for v in program.read()]
    runner = runner_of(program, way, pair)
    try:
        about = _walked(runner, way)
        came_to = answers(program, way, pair)
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"loop: its {way} fails: {type(error).__name__}: {error}"[:300]) from error
    return Warm(program, module, runner, about, came_to, begin)


def _walked(runner: Runner, way: str) -> float:
    """Walk the first steps; return about what a step takes: the least of some, for bursts."""
    if way != FIT:
        first = runner.take(WARM_STEPS if way == STEP else 1)
        if way != STEP and first.seconds > LONG_SECONDS:
            return first.seconds
    looks = [runner.take(1) for _ in range(LOOKS[way])]
    return max(min(each.seconds / each.steps for each in looks), 1e-6)


def grown(program: Warm, steps: int, seconds: float) -> int:
    """Walk on for so many steps, or for so long; return how many it were."""
    begin, done = time.perf_counter(), 0
    while done < steps and time.perf_counter() - begin < seconds:
        program.runner.take(10)
        done += 10
    return done


def apart(one: Warm, other: Warm, way: str) -> float:
    """Return how far two programs are from each other, relative to what they did."""
    if len(one.came_to) != len(other.came_to):
        return float("inf")
    scale: list[Any] = [np.asarray(s, np.float64) for s in one.start] if way in TRAINING else []
    far = size = 0.0
    for i, (a, b) in enumerate(zip(one.came_to, other.came_to, strict=True)):
        if a.shape != b.shape:
            return float("inf")
        far += float(np.sum((a - b) ** 2))
        size += float(np.sum((a - scale[i]) ** 2 if scale else a**2))
    return float(np.sqrt(far / size)) if size else float(far > 0)


def same(one: Warm, other: Warm, way: str, noise: float) -> bool:
    """Return whether two programs came to the same, as far as one comes to the same twice."""
    if noise > RANDOM:
        return all(np.all(np.isfinite(a)) for a in other.came_to)
    allowed = MOVED_SHARE if way in TRAINING else ANSWER_SHARE
    return apart(one, other, way) <= allowed + 3 * noise


def difference(before: Source, after: Source) -> str:
    """Return what an edit took out and put in, line by line."""
    old, new = (ast.unparse(s.tree).splitlines() for s in (before, after))
    lines = difflib.unified_diff(old, new, n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
