"""What a gap makes of the same numbers, in a submission and in the solution."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import dedent
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.exercises.gaps import Gap, regions

HOOK = "_seen_in_gap"
ASSIGNS = ("assign", "assign_add", "assign_sub")
ALL = "self.variables"
Numbers = dict[str, np.ndarray | None]


@dataclass
class Pass:
    """One run through a gap.

    Attributes:
        batch: how many images the step at work is given; 0 in prediction.
        before: the numbers of the names that the solution reads or writes there, before.
        after: those that it writes, after; None where a name holds no number.
        variables: the names of those that are variables.
        needed: the names that the skeleton gives a value there too.
        types: of the numbers of the names after.
        ended: whether the end of the gap was reached.
        held: the names of those before that are variables.
    """

    batch: int
    before: Numbers
    after: Numbers = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()
    types: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    held: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> Numbers:
        """What comes out: not what is only made on the way, by a name that had a value before."""
        out = {*self.variables, *self.needed}
        new = {n: v for n, v in self.after.items() if n in out or n not in self.before}
        return new or self.after


class Enough(Exception):
    """What was seen of a gap says enough; raised through the program that is run."""


class Watch:
    """What is called at both ends of a gap: it keeps the numbers there.

    Args:
        gap: of an exercise.
        right: what the solution makes of it; variables are set to that after each pass, so that
            a mistake shows each time as it does the first.
        goes_on: is asked after each pass, of all so far, whether to go on.
        shaken: the name of a variable that holds other numbers as the gap begins.
    """

    def __init__(
        self,
        gap: Gap,
        right: list[Pass] | None = None,
        goes_on: Callable[[list[Pass]], bool] | None = None,
        shaken: str = "",
    ) -> None:
        self.reads, self.writes = _read(gap), written_by(gap.solution)
        self.needed = written_by(gap.opened)
        self.right, self.goes_on, self.shaken = right or [], goes_on, shaken
        self.passes: list[Pass] = []
        self.batch = 0

    def __call__(self, begins: bool, known: dict[str, Any]) -> None:
        """Take in the local names at the beginning or the end of the gap."""
        if begins:
            for _, variable in _each(self.shaken, known) if self.shaken else ():
                variable.assign(1.5 * variable + 0.01)
            names = dict.fromkeys((*self.reads, *self.writes))
            held = _variables(names, known)
            begun = Pass(self.batch, _numbers(names, known), needed=self.needed, held=held)
            self.passes.append(begun)
        elif self.passes:
            last = self.passes[-1]
            last.ended, last.after = True, _numbers(self.writes, known)
            last.types = {key: _type(v) for name in self.writes for key, v in _each(name, known)}
            last.variables = _variables(self.writes, known)
            for right in self.right[len(self.passes) - 1 : len(self.passes)]:
                for name in self.writes:
                    _set(name, known, right.after)
            if self.goes_on is not None and not self.goes_on(self.passes):
                raise Enough


def watched(text: str, gap: Gap) -> str:
    """Return a file that calls ``HOOK`` at both ends of a gap, as far as its marks are there."""
    lines = text.splitlines()
    for region in regions(text):
        if region.number == gap.number:
            lines.insert(region.end - 1, f"{gap.indent}{HOOK}(False, {{**globals(), **locals()}})")
            lines.insert(region.begin, f"{gap.indent}{HOOK}(True, {{**globals(), **locals()}})")
    return "\n".join(lines) + "\n"


def written_by(lines: Sequence[str]) -> tuple[str, ...]:
    """Return what the code of a gap gives a value; all variables where a loop over them does."""
    tree = ast.parse(dedent("\n".join(lines)))
    targets = [t for n in ast.walk(tree) if isinstance(n, ast.Assign) for t in n.targets]
    names = [ast.unparse(e) for t in targets for e in getattr(t, "elts", [t])]
    own = {n.id for each in ast.walk(tree) if isinstance(each, ast.For)
           for n in ast.walk(each.target) if isinstance(n, ast.Name)}  # fmt: skip
    moved = [ast.unparse(n.func.value) for n in ast.walk(tree) if isinstance(n, ast.Call)
             and isinstance(n.func, ast.Attribute) and n.func.attr in ASSIGNS]  # fmt: skip
    names += [ALL if name in own else name for name in moved]
    return tuple(dict.fromkeys(names))


def _read(gap: Gap) -> tuple[str, ...]:
    tree = ast.parse(dedent("\n".join(gap.solution)))
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Name | ast.Attribute))
    return tuple(dict.fromkeys(ast.unparse(n) for n in nodes))


def _numbers(names: Any, known: dict[str, Any]) -> Numbers:
    """Return the numbers that names hold; a list's one by one."""
    found: Numbers = {}
    for name in names:
        found.update((key, numbers_of(v)) for key, v in _each(name, known))
    return found


def _variables(names: Iterable[str], known: dict[str, Any]) -> frozenset[str]:
    """Return which names hold a variable; of a list each by itself."""
    each = (item for name in names for item in _each(name, known))
    return frozenset(key for key, value in each if isinstance(value, tf.Variable))


def _each(name: str, known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a name holds; a list's elements one by one, nothing where it is not known."""
    try:
        value = eval(name, {}, known)
    except Exception:  # not made yet, or not by this name
        return
    several = isinstance(value, list | tuple)
    yield from ((f"{name}[{i}]", v) for i, v in enumerate(value)) if several else ((name, value),)


def _set(name: str, known: dict[str, Any], right: Numbers) -> None:
    """Give the variables of a name the values that are right."""
    for key, variable in _each(name, known):
        wanted = right.get(key)
        if wanted is None or not isinstance(variable, tf.Variable):
            continue
        if variable.shape == wanted.shape:
            variable.assign(wanted.astype(variable.dtype.as_numpy_dtype))


def numbers_of(value: Any) -> np.ndarray | None:
    """Return the numbers of a tensor or the like; None of anything else."""
    if tf.is_tensor(value) and not hasattr(value, "numpy"):
        return None
    if not (tf.is_tensor(value) or isinstance(value, tf.Variable | np.ndarray | float | int)):
        return None
    array = np.array(value)  # a copy: a variable moves on
    return array.astype("f8") if array.dtype.kind in "fiub" else None


def _type(value: Any) -> str:
    return str(getattr(getattr(value, "dtype", ""), "name", getattr(value, "dtype", "")))


@contextmanager
def eagerly() -> Iterator[None]:
    """Run graphs op by op, so that there are numbers in them."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def stepped(
    program: Any, data: tuple[np.ndarray, ...], size: int, seed: int, watch: Watch | None = None
) -> Iterator[np.ndarray]:
    """Yield of a whole batch and a smaller one the loss and how variables move; then predictions.

    Args:
        program: by hand, with its own ``fit`` if it has one; or a compiled Keras model.
        data: x, y and x to predict.
        size: of a batch.
        seed: of what it draws.
        watch: told how large a batch is.
    """
    x, y, x_test = data
    tf.random.set_seed(seed)
    own_fit = hasattr(program, "fit") and not isinstance(program, keras.Model)
    cuts = [(0, len(x))] if own_fit else list(pairwise((0, size, len(x))))
    for begin, end in cuts:
        if watch is not None:
            watch.batch = end - begin
        before = [v.numpy() for v in program.variables]
        yield np.asarray(_step(program, x[begin:end], y[begin:end], size))
        yield from (v.numpy() - b for v, b in zip(program.variables, before, strict=True))
    if watch is not None:
        watch.batch = 0
    predict = program if isinstance(program, keras.Model) else program.predict
    yield np.asarray(predict(tf.constant(x_test)))


def _step(program: Any, x: np.ndarray, y: np.ndarray, size: int) -> Any:
    if isinstance(program, keras.Model):
        return program.train_on_batch(x, y)
    if hasattr(program, "fit"):
        return program.fit(x, y, epochs=1, batch_size=size)
    return program.train_step(tf.constant(x), tf.constant(y))


def begin_alike(program: Any, start: list[np.ndarray]) -> None:
    """Give a program its start: biases are not zero, or what is made of them would hide."""
    for number, (variable, value) in enumerate(zip(program.variables, start, strict=True)):
        draw = np.random.default_rng(number).uniform(0.2, 0.6, value.shape)
        variable.assign(value if value.any() else draw.astype(value.dtype))
