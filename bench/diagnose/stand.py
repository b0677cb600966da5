"""Run either program of a pair from the same weights on the same batches, under cures."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.diagnose.births import births
from bench.diagnose.build import build
from bench.diagnose.cures import Cure
from bench.diagnose.pair import Pair, described, leaves, mapped, rows
from bench.diagnose.programs import Program, Values, Weighted, matched_variables
from bench.diagnose.readings import gradients_of, named_metrics, reported_number
from bench.diagnose.trace import Trace
from bench.diagnose.watch import Watch
from bench.errors import UserError

STEPS = 5
SEARCH_SECONDS = 28.0  # for trying causes, all together
MAX_SECONDS = 42.0  # and with what is allowed on top where nothing with a name holds
MAX_TEST_ROWS = 2000
LOOP, REFERENCE = "loop", "reference"


@dataclass
class Run:
    """What one program did in a few steps.

    Attributes:
        losses: reported by each step; None where it reports none.
        gradients: of each step, one for each variable (None where the tape was not asked).
        weights: before the first step and after each.
        traces: of each recorded step, by its number; ``predict`` and ``evaluate`` for those.
    """

    losses: list[float | None] = field(default_factory=list)
    gradients: list[list[np.ndarray | None]] = field(default_factory=list)
    weights: list[Values] = field(default_factory=list)
    traces: dict[Any, Trace] = field(default_factory=dict)
    handles: list[int] = field(default_factory=list)
    predictions: list[np.ndarray] | None = None
    metrics: dict[str, float] | None = None
    program: Program | None = None
    drew: bool = False
    repeated: bool = False


class Stand:
    """A pair set up for comparison.

    Attributes:
        start: the weights both begin with.
        batches: (x, y) of each step; the last one is an epoch's smaller last batch, if it has one.
        applied: the cures found so far, by side; every run has them.
    """

    def __init__(self, pair: Pair, steps: int = STEPS) -> None:
        self.pair = pair
        self.applied: dict[str, list[Cure]] = {LOOP: [], REFERENCE: []}
        self.first = {name: self._built(name) for name in (REFERENCE, LOOP)}
        self._match()
        self.drawn = {name: program.read() for name, program in self.first.items()}
        self.start = _away_from_constants(self.drawn[REFERENCE])
        self.batches = self._batches(steps)
        self.mirrored = self.drew = False
        self.refused = False
        self.began = time.process_time()
        self.deadline = self.began + SEARCH_SECONDS
        self.runs = 0

    def allow(self, seconds: float) -> None:
        """Let the search go on for so many seconds from now, within the limit for all of it."""
        wanted = max(self.deadline, time.process_time() + seconds)
        self.deadline = min(wanted, self.began + MAX_SECONDS)

    @property
    def is_late(self) -> bool:
        """Whether the time for trying causes is over: of the processor, so that a busy machine
        finds what an idle one does.
        """
        return time.process_time() > self.deadline

    def _built(self, name: str) -> Program:
        make = self.pair.loop if name == LOOP else self.pair.reference
        try:
            program = build(make, name, self.pair.fit)
            self._build_lazily(program)
        except UserError:
            raise
        except Exception as error:
            raise UserError(f"{name}: cannot be built: {described(error)}") from error
        return program

    def _build_lazily(self, program: Program) -> None:
        """Let a model that makes its variables when first called make them."""
        model = program.thing
        if hasattr(model, "built") and not model.built and hasattr(model, "call"):
            model(rows(self.pair.data.x, slice(0, 1)))
        if not program.found_variables() and program.predict(rows(self.pair.data.x, slice(0, 1))):
            return

    def _match(self) -> None:
        ours, theirs = self.first[LOOP].found_variables(), self.first[REFERENCE].found_variables()
        if not theirs:
            raise UserError("reference: no variables found: list them in an attribute `variables`")
        self.first[REFERENCE].variables = theirs
        self.first[LOOP].variables = matched_variables(ours, theirs)

    def program(self, name: str) -> Program:
        """Return a fresh program that holds the common start."""
        program = self._built(name)
        variables = program.found_variables()
        program.variables = (
            variables
            if name == REFERENCE
            else matched_variables(variables, self.first[REFERENCE].variables)
        )
        return program

    def _batches(self, steps: int) -> list[tuple[Any, Any]]:
        data, size = self.pair.data, self.pair.batch_size
        whole = [slice(i * size, (i + 1) * size) for i in range(min(steps, len(data) // size))]
        if len(data) % size and len(data) > size:
            whole.append(slice(len(data) - len(data) % size, len(data)))
        return [(rows(data.x, s), self.targets(s)) for s in whole or [slice(0, len(data))]]

    def leave_out_what_the_loop_refuses(self) -> None:
        """Compare whole batches alone where the loop's step takes no smaller one."""
        if len(self.batches) < 2 or _size(self.batches[-1]) == _size(self.batches[0]):
            return
        program = self.program(LOOP)
        try:
            program.step(*self.batches[-1])
        except Exception:
            self.batches.pop()
            self.refused = True

    def targets(self, which: Any) -> Any:
        """Return the targets of some training samples, with their weights if they have any."""
        data = self.pair.data
        y = rows(data.y, which)
        return y if data.weight is None else Weighted((y, data.weight[which]))

    # running

    def run(
        self,
        name: str,
        cures: Sequence[Cure] = (),
        steps: int | None = None,
        record: Sequence[Any] = (),
        start: Values | None = None,
        shake: Any = None,
        ends: bool = True,
    ) -> Run:
        """Run a program for some steps, then let it predict and evaluate.

        Args:
            cures: beside those applied already.
            record: the numbers of the steps to record; ``predict``, ``evaluate`` for the ends.
            shake: x -> x slightly changed, for the noise floor.
            ends: whether predictions and metrics are asked for.
        """
        self.runs += 1
        every = [*self.applied[name], *cures]
        program, run = self.program(name), Run()
        program.write(self.start if start is None else start)
        for cure in every:
            if cure.setup:
                cure.setup(program)
        run.program, run.handles = program, program.handles()
        run.weights.append(program.read())
        watch = Watch(every, mirrored=self.mirrored and name == LOOP)
        watch.program = program
        program.watch = watch
        graph = program.watched(watch) if hasattr(program, "watched") else nullcontext()
        with watch.running(), graph, births(program.born):
            for i, (x, y) in enumerate(self.batches[:steps]):
                fed = mapped(shake, x) if shake else x
                self._step(program, run, watch, every, i, (fed, y), i in record)
            if ends:
                self._ends(program, run, watch, every, record)
        run.drew, run.repeated = watch.drew, watch.repeated
        return run

    def _step(
        self,
        program: Program,
        run: Run,
        watch: Watch,
        cures: Sequence[Cure],
        i: int,
        batch: tuple[Any, Any],
        kept: bool,
    ) -> None:
        x, y = batch
        for cure in cures:
            if cure.batch:
                x, y = cure.batch(x, y)
        watch.begin(i)
        watch.fed = leaves([x, y])
        watch.record, before = kept, run.weights[-1]
        whole = next((c.step for c in cures if c.step), None)
        try:
            with watch.keeping():
                loss = whole(program, x, y) if whole else program.step(x, y)
        except Exception as error:
            raise UserError(f"{program.name}: its step fails: {described(error)}") from error
        for cure in cures:
            if cure.after_step:
                cure.after_step(program, before, i)
        run.losses.append(reported_number(loss))
        run.gradients.append(gradients_of(watch.gradients, run.handles))
        run.weights.append(program.read())
        if kept:
            run.traces[i] = watch.trace
            watch.trace.outputs = [t._id for t in getattr(program, "outputs", ())]

    def _ends(
        self, program: Program, run: Run, watch: Watch, cures: Sequence[Cure], record: Sequence[Any]
    ) -> None:
        data = self.pair.data
        few = slice(0, MAX_TEST_ROWS)
        x, y = rows(data.x_test, few), rows(data.y_test, few)
        asked = next((c.predict for c in cures if c.predict), None)
        watch.begin(1000, at_end=True)
        watch.fed = leaves([x])
        watch.record = "predict" in record
        try:
            with watch.keeping():
                made = asked(program, x) if asked else program.predict(x)
        except Exception as error:
            raise UserError(f"{program.name}: its predict fails: {described(error)}") from error
        run.predictions = None if made is None else [np.asarray(p) for p in leaves(made)]
        run.traces["predict"] = watch.trace
        run.metrics = self._metrics(program, watch, cures, (x, y), "evaluate" in record)
        run.traces["evaluate"] = watch.trace

    def _metrics(
        self,
        program: Program,
        watch: Watch,
        cures: Sequence[Cure],
        data: tuple[Any, Any],
        kept: bool,
    ) -> dict[str, float] | None:
        x, y = data
        asked = next((c.evaluate for c in cures if c.evaluate), None)
        if not all(p.can_evaluate for p in self.first.values()):
            return None
        watch.begin(1001, at_end=True)
        watch.fed = leaves([x, y])
        watch.record = kept
        try:
            with watch.keeping():
                values = asked(program, x, y) if asked else program.evaluate(x, y)
        except Exception as error:
            raise UserError(f"{program.name}: its evaluate fails: {described(error)}") from error
        return named_metrics(values)


def _size(batch: tuple[Any, Any]) -> int:
    return len(leaves(batch[0])[0])


def _away_from_constants(values: Values) -> Values:
    """Return weights in which no variable is constant: zeros hide a bias that is left out.

    A tenth at most is added, so that a variance stays positive.
    """
    rng = np.random.default_rng(7)
    moved = []
    for value in values:
        constant = value.size and value.dtype.kind == "f" and np.ptp(value) == 0
        more = 0.1 * rng.random(value.shape) if constant else 0
        moved.append((value + more).astype(value.dtype))
    return moved
