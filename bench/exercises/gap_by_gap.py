"""Which gap of a submission is at fault, and how its fault shows: each by itself, others solved."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any

import keras
import numpy as np

from bench.diagnose.pair import make_pair
from bench.diagnose.stand import Stand
from bench.errors import UserError
from bench.exercises.beside import HOOK, Pass, Watch, begin_alike, eagerly, stepped, watched
from bench.exercises.draws import drawn
from bench.exercises.edits import edits, line_that_writes
from bench.exercises.kinds import ALIKE
from bench.exercises.layers import draws, other_layer
from bench.exercises.loading import loaded
from bench.exercises.references import BATCH_SIZE, STEPS, Arrays, twin
from bench.exercises.shows import UNSEEN, Show, same, shown, shown_over_steps
from bench.exercises.submission import Submission
from bench.exercises.tasks import gaps_of

RAISED = (Exception, SystemExit)
"""Whatever the code of a submission raises."""
SEEDS = (1, 2)
MOST_EDITS = 200
IMAGES = 4  # axes


class GapByGap:
    """A submission, a gap at a time.

    Args:
        handed: the submission.
        data: x and y to train on, x and y to predict.
        folder: for what is run.
    """

    def __init__(self, handed: Submission, data: Arrays, folder: Path) -> None:
        self.handed, self.data, self.folder = handed, data, folder
        self.exercise, self.gaps = handed.exercise, gaps_of(handed.name)
        self.held: set[int] = set()

    def drawing(self) -> list[int]:
        """Return the gaps, filled in, of which what comes out is random."""
        if not any(gap.draws for gap in self.gaps.values()):
            return []
        return [n for n in self.gaps if n not in self.handed.open and self._varies(n)]

    def _varies(self, gap: int) -> bool:
        ones, others = (self._passes(self.gaps[gap].solution, gap, seed) for seed in SEEDS)
        return bool(ones) and not same(ones[:1], others[:1])

    def guilty(self, fails: Callable[[Any], bool]) -> int | None:
        """Return the first gap that alone, the others solved, makes a program fail."""
        for gap in sorted(set(self.gaps) - set(self.handed.open) - self.held):
            module = self._alone(gap)
            if isinstance(module, BaseException):
                return gap
            if any(fails(getattr(module, name)) for name in self.exercise.makers):
                return gap
        return None

    def _alone(self, gap: int) -> ModuleType | BaseException:
        whole = self.handed.whole([n for n in self.gaps if n != gap])
        return loaded(whole.text, self.folder)[1]

    def does_not_fit(self, make: Any) -> bool:
        """Return whether the variables of a program are not those of the twin."""
        try:
            Stand(make_pair(make, lambda: twin(self.exercise), self.data), STEPS)
        except UserError:
            return True
        return False

    def breaks(self, make: Any) -> bool:
        """Return whether a program raises where it is trained."""
        try:
            self._run(make())
        except RAISED:
            return True
        return False

    def differs(self, make: Any) -> bool:
        """Return whether a program computes another step than the solution does.

        Where layers of Keras draw, no number tells: False.
        """
        try:
            ours = make()
            if isinstance(ours, keras.Model) and draws(ours):
                return False
            return not self.apart(ours) <= ALIKE  # NaN is apart too
        except RAISED:
            return True

    def apart(self, ours: Any) -> float:
        """Return how far a program is from the solution, of the size of what steps make.

        The largest relative distance of any loss, of how far any variable moved, and of
        predictions.
        """
        begin_alike(ours, self._start)
        pairs = zip(self._run(ours), self._right, strict=True)
        return float(np.max([_distance(a, b) for a, b in pairs]))  # NaN, if one is

    def _run(self, program: Any) -> list[np.ndarray]:
        return list(stepped(program, self.data[:3], BATCH_SIZE, SEEDS[0]))

    @cached_property
    def _solved(self) -> Any:
        return loaded(self.handed.whole(list(self.gaps)).text, self.folder)[1]

    @cached_property
    def _start(self) -> list[np.ndarray]:
        return [v.numpy() for v in self._solved_program().variables]

    @cached_property
    def _right(self) -> list[np.ndarray]:
        program = self._solved_program()
        begin_alike(program, self._start)
        return self._run(program)

    def _solved_program(self) -> Any:
        return getattr(self._solved, self.exercise.makers[0])()

    def show(self, gap: int) -> Show | None:
        """Return how the fault of a gap shows; None where it does not."""
        if not self._by_hand(gap):
            return self._of_layers(gap)
        found = self.draws_otherwise(gap) if gap in self.drawing() else self._in_numbers(gap)
        return None if found and found.kind == UNSEEN else found

    def _by_hand(self, gap: int) -> bool:
        return not any("layers." in line for line in self.gaps[gap].solution)

    def _of_layers(self, gap: int) -> Show | None:
        module = self._alone(gap)
        with suppress(*RAISED):
            for name in self.exercise.makers:
                if found := self._other_layer(getattr(module, name)):
                    return found
        return None

    def _other_layer(self, make: Any) -> Show | None:
        ours, theirs = make(), getattr(self._solved, make.__name__)()
        return other_layer(ours, theirs) if isinstance(ours, keras.Model) else None

    def built_otherwise(self, make: Any) -> bool:
        """Return whether a program has other layers of Keras than the solution."""
        return self._other_layer(make) is not None

    def draws_otherwise(self, gap: int) -> Show | None:
        """Return how what a gap draws is another kind of draw than the solution's."""
        mine, right = self.handed.lines_of(gap), self.gaps[gap].solution
        again = self._passes(mine, gap, seed=SEEDS[1])
        return drawn(self._passes(mine, gap), self._passes(right, gap), again)

    def _in_numbers(self, gap: int) -> Show | None:
        theirs = self._passes(self.gaps[gap].solution, gap)
        lines = self.handed.lines_of(gap)
        if not theirs or not lines:
            return None
        ours = self._passes(lines, gap, right=theirs)
        found = shown(ours, theirs)
        found = found or self._unused(gap, lines) or self._edited(gap, lines, theirs)
        found = found or shown_over_steps(ours, theirs)
        if found is None or found.line:
            return found
        return found._replace(line=line_that_writes(lines, found.of))

    def _unused(self, gap: int, lines: list[str]) -> Show | None:
        """Return which variable the solution makes something of there, and this gap does not."""
        solved = self.gaps[gap].solution
        usual = [self._first_pass(code, gap) for code in (lines, solved)]
        for name in sorted(usual[1][0].held) if all(usual) else ():
            other = [self._first_pass(code, gap, name) for code in (lines, solved)]
            mine, right = (same(a, b) for a, b in zip(other, usual, strict=True))
            if mine and not right:
                value = usual[1][0].before[name]
                bias = value is not None and value.ndim == 1
                return Show("unused-bias" if bias else "unused", name)
        return None

    def _first_pass(self, lines: Sequence[str], gap: int, shaken: str = "") -> list[Pass]:
        return self._passes(lines, gap, goes_on=lambda passes: False, shaken=shaken)

    def _edited(self, gap: int, lines: list[str], theirs: list[Pass]) -> Show | None:
        """Return which small change to the gap puts it right.

        None is tried on a loop over batches, where it would say little, and none on images:
        TensorFlow's convolution ends the process where the rank of a tensor is wrong.
        """
        images = any(v is not None and v.ndim >= IMAGES for v in theirs[0].before.values())
        if self.gaps[gap].rung == "epoch" or images:
            return None
        names = [n for n, v in theirs[0].before.items() if v is not None and "[" not in n]

        def goes_on(passes: list[Pass]) -> bool:
            return same(passes[-1:], theirs[len(passes) - 1 : len(passes)])

        for kind, code, line in islice(edits(lines, names), MOST_EDITS):
            changed = indent(code, self.gaps[gap].indent).splitlines()
            if same(self._passes(changed, gap, goes_on=goes_on), theirs):
                return Show(f"edit-{kind}", "", line=line)
        return None

    def _passes(
        self,
        lines: Sequence[str],
        gap: int,
        seed: int = SEEDS[0],
        right: list[Pass] | None = None,
        shaken: str = "",
        goes_on: Callable[[list[Pass]], bool] | None = None,
    ) -> list[Pass]:
        """Return what goes into a gap and comes out of it, each time that steps run through it.

        Args:
            lines: stand in the gap; the other gaps are solved.
            gap: its number.
            seed: of what is drawn.
            right: what the solution makes of the gap, to which variables are set back.
            shaken: the name of a variable that holds other numbers as the gap begins.
            goes_on: of the passes so far, whether to run on.
        """
        watch = Watch(self.gaps[gap], right, goes_on, shaken)
        text = watched(self.handed.with_gap(gap, lines), self.gaps[gap])
        _, module = loaded(text, self.folder, **{HOOK: watch})
        with suppress(*RAISED), eagerly():  # what was seen until it failed counts
            program = getattr(module, self.exercise.makers[0])()
            begin_alike(program, self._start)
            for _ in stepped(program, self.data[:3], BATCH_SIZE, seed, watch):
                pass
        return watch.passes


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))
