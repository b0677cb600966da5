"""A whole ``fit`` of the loop: which batches it makes of the data, and where they lead."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.diagnose.cures import Cure
from bench.diagnose.pair import described, leaves, rows
from bench.diagnose.places import Place
from bench.diagnose.programs import KerasProgram, LoopProgram, Program, Values
from bench.diagnose.stack import users_stack
from bench.diagnose.stand import LOOP, REFERENCE, Stand
from bench.diagnose.trace import Trace
from bench.diagnose.watch import Watch
from bench.errors import UserError

MAX_BATCHES = 24
MAX_EPOCHS = 3


@dataclass
class Walk:
    """What a fit did.

    Attributes:
        batches: the samples of each batch, by their place in the data; -1 for an unknown row.
        fed: x and y of each batch as the step was given them; empty where it could not be seen.
        weights: before each batch, and at the end.
        lines: the user's lines that led to the first step, the innermost first.
    """

    batches: list[np.ndarray] = field(default_factory=list)
    fed: list[tuple[Any, Any]] = field(default_factory=list)
    weights: list[Values] = field(default_factory=list)
    lines: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Excerpt:
    """The training data a walk goes over: whole batches and the smaller last one."""

    x: Any
    y: Any
    weight: Any
    epochs: int
    batch_size: int

    @property
    def n(self) -> int:
        """Samples."""
        return len(leaves(self.x)[0])

    @property
    def steps_per_epoch(self) -> int:
        """Batches of an epoch of ``fit``."""
        return -(-self.n // self.batch_size)


def excerpt(stand: Stand) -> Excerpt:
    """Return the data, cut to some batches where there are many, its remainder kept."""
    pair, n = stand.pair, len(stand.pair.data)
    size = pair.batch_size
    kept = np.arange(n)
    if n // size > MAX_BATCHES:
        kept = np.arange(MAX_BATCHES * size + n % size)
    epochs = min(int(pair.fit.get("epochs") or 2), MAX_EPOCHS)
    weight = None if pair.data.weight is None else pair.data.weight[kept]
    return Excerpt(rows(pair.data.x, kept), rows(pair.data.y, kept), weight, epochs, size)


def can_walk(stand: Stand) -> bool:
    """Return whether the loop goes through data by itself, and the reference too."""
    ours, theirs = stand.first[LOOP], stand.first[REFERENCE]
    return isinstance(ours, LoopProgram) and ours.can_fit and theirs.can_fit


def loop_walk(stand: Stand, data: Excerpt, cures: Sequence[Cure] = ()) -> Walk:
    """Let the loop fit, and note each batch that its step is given.

    Args:
        cures: beside those applied already.

    Raises:
        UserError: its fit fails.
    """
    program = stand.program(LOOP)
    program.write(stand.start)
    walk, finder = Walk(), _RowFinder(data.x)

    def seen(x: Any, y: Any) -> None:
        walk.lines = walk.lines or users_stack().places
        walk.batches.append(finder.find(x))
        walk.fed.append((x, y))
        walk.weights.append(program.read())

    every = [*stand.applied[LOOP], *cures]
    for cure in every:
        if cure.setup:
            cure.setup(program)
    with _watched(stand, program, LOOP) as watch, _noted(program, watch, every, seen):
        watch.cures = tuple(every)
        try:
            program.fit(data.x, data.y, epochs=data.epochs, batch_size=data.batch_size)
        except Exception as error:
            raise UserError(f"loop: its fit fails: {described(error)}") from error
    walk.weights.append(program.read())
    return walk


@contextmanager
def _noted(
    program: Program, watch: Watch, cures: Sequence[Cure], seen: Any, record: bool = False
) -> Iterator[None]:
    """Tell of each call of the loop's step, with the cures that a step takes applied."""
    thing = program.thing
    plain = getattr(thing, "train_step", None)
    if plain is None:
        yield
        return
    step = [0]

    def noting(x: Any, y: Any, *more: Any, **others: Any) -> Any:
        seen(x, y)
        watch.begin(step[0])
        watch.record, watch.fed = record, leaves([x, y])
        step[0] += 1
        before = program.read() if any(c.after_step for c in cures) else []
        for cure in cures:
            if cure.batch:
                x, y = cure.batch(x, y)
        result = plain(x, y, *more, **others)
        for cure in cures:
            if cure.after_step:
                cure.after_step(program, before, step[0] - 1)
        return result

    thing.train_step = noting
    try:
        yield
    finally:
        thing.train_step = plain


def recorded_walk(stand: Stand, data: Excerpt) -> list[Trace]:
    """Return the first and the last step of the loop's fit, op by op."""
    program, first, count = stand.program(LOOP), [], itertools.count()
    program.write(stand.start)

    def seen(*_: Any) -> None:
        if next(count) == 1:  # the second step begins
            first.append(watch.trace)

    with (
        _watched(stand, program, LOOP) as watch,
        _noted(program, watch, stand.applied[LOOP], seen, True),
    ):
        program.fit(data.x, data.y, epochs=data.epochs, batch_size=data.batch_size)
    return [*first, watch.trace]


def traced_walk(program: Program, data: Excerpt) -> list[np.ndarray]:
    """Let the loop fit unwatched; return the samples of each batch that its step was given."""
    finder, batches = _RowFinder(data.x), []

    def seen(x: Any, _: Any) -> None:
        batches.append(finder.find(x))

    with _batches_noted(program, seen):
        program.fit(data.x, data.y, epochs=data.epochs, batch_size=data.batch_size)
    return batches


@contextmanager
def _watched(stand: Stand, program: Program, name: str) -> Iterator[Watch]:
    watch = Watch(stand.applied[name], record=False, mirrored=stand.mirrored and name == LOOP)
    watch.program, program.watch = program, watch
    graph = program.watched(watch) if hasattr(program, "watched") else nullcontext()
    with watch.running(), graph:
        yield watch


def reference_walk(
    stand: Stand,
    batches: Sequence[tuple[Any, Any]],
    cures: Sequence[Cure] = (),
    start: Values | None = None,
) -> list[Values]:
    """Let the reference step on each batch; return the weights before each and at the end."""
    program = stand.program(REFERENCE)
    program.write(stand.start if start is None else start)
    every = [*stand.applied[REFERENCE], *cures]
    for cure in every:
        if cure.setup:
            cure.setup(program)
    weights = []
    with _watched(stand, program, REFERENCE) as watch:
        watch.cures = tuple(every)
        for i, (x, y) in enumerate(batches):
            before = program.read()
            weights.append(before)
            watch.begin(i)
            watch.record, watch.fed = False, leaves([x, y])
            fed = x, y
            for cure in every:
                if cure.batch:
                    fed = cure.batch(*fed)
            program.step(*fed)
            for cure in every:
                if cure.after_step:
                    cure.after_step(program, before, i)
        program.finish()
    weights.append(program.read())
    return weights


USUAL = ("batch_size", "epochs", "shuffle", "class_weight", "verbose")


def reference_plan(stand: Stand, data: Excerpt) -> list[np.ndarray]:
    """Return the samples of each batch of one epoch of the reference's own fit, by their place.

    A plain ``fit`` goes through all the data; with other options, or in a loop of the user's, it
    is looked at.
    """
    plain = [
        np.arange(i, min(i + data.batch_size, data.n)) for i in range(0, data.n, data.batch_size)
    ]
    program = stand.program(REFERENCE)
    if isinstance(program, KerasProgram) and set(stand.pair.fit) <= set(USUAL):
        return plain
    finder, batches = _RowFinder(data.x), []

    def seen(x: Any, _: Any) -> None:
        batches.append(finder.find(x))

    with _watched(stand, program, REFERENCE), _batches_noted(program, seen):
        program.fit(data.x, data.y, epochs=1, batch_size=data.batch_size)
    known = bool(batches) and all((b >= 0).all() for b in batches)
    return batches if known else plain


@contextmanager
def _batches_noted(program: Program, seen: Any) -> Iterator[None]:
    """Tell of each batch that a program's own training step is given."""
    thing, plain = program.thing, getattr(program.thing, "train_step", None)
    if plain is None:
        yield
        return

    def noting(*given: Any, **others: Any) -> Any:
        first = (*given, *others.values())
        batch = first[0] if isinstance(program, KerasProgram) else first
        seen(batch[0], batch[1] if len(batch) > 1 else None)
        return plain(*given, **others)

    thing.train_step = noting
    if isinstance(program, KerasProgram):
        thing.run_eagerly = True
    try:
        yield
    finally:
        thing.train_step = plain


class _RowFinder:
    """Finds which samples a batch is made of."""

    def __init__(self, x: Any) -> None:
        self.first = np.asarray(leaves(x)[0])
        self.known: dict[bytes, list[int]] = {}
        for i, row in enumerate(self.first):
            self.known.setdefault(row.tobytes(), []).append(i)
        self.used: dict[bytes, int] = {}

    def find(self, x: Any) -> np.ndarray:
        """Return the place of each row; twins in the data are dealt out in turns."""
        batch = np.asarray(leaves(x)[0]).astype(self.first.dtype)
        return np.array([self._place(row.tobytes()) for row in batch], int)

    def _place(self, key: bytes) -> int:
        places = self.known.get(key)
        if not places:
            return -1
        turn = self.used[key] = self.used.get(key, -1) + 1
        return places[turn % len(places)]
