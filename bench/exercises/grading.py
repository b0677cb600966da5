"""From a submission to what a teacher would say: a diagnosis against the twin, gap by gap."""

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Collection
from itertools import count, starmap
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.answer import Diagnosis
from bench.diagnose.api import diagnose
from bench.diagnose.finding import AGREE, UNDECIDED, Finding
from bench.diagnose.pair import make_pair
from bench.diagnose.stand import Stand
from bench.errors import UserError
from bench.exercises import grade, hints
from bench.exercises.failures import failure_of
from bench.exercises.grade import Grade
from bench.exercises.graphs import not_one_graph
from bench.exercises.references import BATCH_SIZE, STEPS, data_of, fit_of, twin
from bench.exercises.submission import Submission, Whole
from bench.exercises.tasks import gaps_of

_NUMBERS = count(1)
STRUCTURE = "structure"
FIRST = 1
ALIKE = 1e-3
"""Of the size of what a step makes; rounding is some 1e-6 of it, a wrong line 1e-1 and more."""
REPORTED = "the loss that a step reports"


def graded(handed: Submission) -> Grade:
    """Return what is to be said of a submission: the first thing that does not hold, or none."""
    if (found := handed.forbidden()) is not None:
        line, name = found
        hint = hints.FORBIDDEN.format(name)
        return _grade(handed, grade.WRONG, line=line, what=f"`{name}` is in use", hint=hint)
    opened = handed.open[0] if handed.open else None
    fault = None
    if opened != FIRST:  # nothing can come before that one
        with tempfile.TemporaryDirectory() as folder:
            fault = _Marking(handed, Path(folder)).first_fault(handed.open)
    if opened is not None and (fault is None or fault.gap is None or fault.gap >= opened):
        what, hint = f"gap {opened} is still open", hints.told(handed.name, opened)
        return _grade(handed, grade.OPEN, opened, handed.begin(opened), what=what, hint=hint)
    return fault or _grade(handed, grade.PASSES)


def _grade(
    handed: Submission, verdict: str, gap: int | None = None, line: int | None = None, **more: Any
) -> Grade:
    """Return a grade; of the gaps those hold that come before the one at fault."""
    numbers = gaps_of(handed.name)
    before = () if verdict != grade.PASSES and gap is None else tuple(
        n for n in numbers if (gap is None or n < gap) and n not in handed.open
    )  # fmt: skip
    text = handed.text.splitlines()[line - 1].strip() if line and verdict != grade.OPEN else ""
    return Grade(handed.name, verdict, len(numbers), before, gap=gap, line=line, text=text, **more)


class _Marking:
    """One submission, its open gaps filled, compared with the twin."""

    def __init__(self, handed: Submission, folder: Path) -> None:
        self.handed, self.folder = handed, folder
        self.exercise = handed.exercise
        self.data = data_of(self.exercise)

    def first_fault(self, filled: Collection[int]) -> Grade | None:
        """Return the first thing that does not hold.

        Args:
            filled: the gaps that the solution fills; they are not judged.
        """
        whole = self.handed.whole(filled)
        file, module = self._loaded(whole)
        if isinstance(module, BaseException):
            return self._failed(whole, file, module)
        for name in self.exercise.makers:
            if (make := getattr(module, name, None)) is None:
                what, hint = f"`{name}` is gone", "Put the function back as the skeleton has it."
                return _grade(self.handed, grade.WRONG, what=what, hint=hint)
            if (fault := self._of_program(whole, file, make)) is not None:
                return fault
        return None

    def _loaded(self, whole: Whole) -> tuple[Path, ModuleType | BaseException]:
        """Return the file that a text was written to, and its module or why it has none."""
        file = self.folder / f"handed_in_{next(_NUMBERS)}.py"
        file.write_text(whole.text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:  # whatever the file raises, SystemExit too
            return file, error
        return file, module

    def _of_program(self, whole: Whole, file: Path, make: Callable[[], Any]) -> Grade | None:
        try:
            diagnosis = self._diagnosed(make)
        except UserError as error:
            return self._failed(whole, file, error)
        return self._found(whole, file, diagnosis) or self._graph(make)

    def _diagnosed(self, make: Callable[[], Any]) -> Diagnosis:
        return diagnose(
            make, lambda: twin(self.exercise), self.data, fit=fit_of(self.exercise), steps=STEPS
        )

    def _failed(self, whole: Whole, file: Path, error: BaseException) -> Grade:
        failure = failure_of(error, str(file))
        if failure.line is None:
            return self._misbuilt(error)
        gap, line = whole.gap(failure.line), whole.place(failure.line)
        guilty = self._guilty(self._breaks)  # code may fail far from where the fault is
        if guilty is not None and guilty != gap:
            gap, line = guilty, self.handed.begin(guilty)
        return self._before(gap) or _grade(
            self.handed, grade.WRONG, gap, line, what=failure.what, hint=failure.hint
        )

    def _before(self, gap: int | None) -> Grade | None:
        """Return what does not hold before a gap: code that fails hides whether the rest does."""
        later = [n for n in gaps_of(self.handed.name) if gap is not None and n >= gap]
        if not later or gap == FIRST:
            return None
        return self.first_fault({*later, *self.handed.open})

    def _misbuilt(self, error: BaseException) -> Grade:
        """Return which gap's variables do not fit the twin's."""
        gap = self._guilty(self._does_not_fit)
        begin = self.handed.begin(gap) if gap else None
        what = str(error).partition(": name the loop's")[0].removeprefix("structure: ")
        hint = hints.BY_RUNG[STRUCTURE]
        return _grade(self.handed, grade.WRONG, gap, begin, what=_ours(what), hint=hint)

    def _guilty(self, fails: Callable[[Any], bool]) -> int | None:
        """Return the first gap that alone, the others solved, makes a program fail."""
        gaps = list(gaps_of(self.handed.name))
        for gap in sorted(set(gaps) - set(self.handed.open)):
            _, module = self._loaded(self.handed.whole([n for n in gaps if n != gap]))
            if isinstance(module, BaseException):
                return gap
            if any(fails(getattr(module, name)) for name in self.exercise.makers):
                return gap
        return None

    def _does_not_fit(self, make: Any) -> bool:
        try:
            Stand(make_pair(make, lambda: twin(self.exercise), self.data), STEPS)
        except UserError:
            return True
        return False

    def _breaks(self, make: Any) -> bool:
        try:
            program = make()
            if isinstance(program, tf.keras.Model):
                program.train_on_batch(*self.data[:2])
            else:
                self._step(program)
        except Exception:  # whatever code of a submission raises
            return True
        return False

    def _differs(self, make: Any) -> bool:
        """Return whether a program by hand computes another step than the solution does."""
        try:
            ours = make()
            if isinstance(ours, tf.keras.Model):
                return False
            solved = self._solved()
            for to, value in zip(ours.variables, solved.variables, strict=True):
                to.assign(value)
            return any(starmap(_apart, zip(self._step(ours), self._step(solved), strict=True)))
        except Exception:  # whatever code of a submission raises
            return True

    def _solved(self) -> Any:
        _, module = self._loaded(self.handed.whole(list(gaps_of(self.handed.name))))
        return getattr(module, self.exercise.makers[0])()

    def _step(self, program: Any) -> list[np.ndarray]:
        """Return the loss of a step, how far each variable moved, and what is predicted then."""
        x, y, x_test = map(tf.constant, self.data[:3])
        tf.random.set_seed(1)
        before = [v.numpy() for v in program.variables]
        loss = np.asarray(program.train_step(x, y))
        moves = [v.numpy() - b for v, b in zip(program.variables, before, strict=True)]
        return [loss, *moves, np.asarray(program.predict(x_test))]

    def _found(self, whole: Whole, file: Path, diagnosis: Diagnosis) -> Grade | None:
        """Return the finding that is in the first gap of all, as a grade."""
        if diagnosis.verdict == UNDECIDED:
            return _grade(self.handed, grade.UNDECIDED, what=diagnosis.limits[0])
        if diagnosis.verdict == AGREE:
            return self._only_reported(diagnosis)
        guilty = self._guilty(self._differs)
        placed = [(*self._placed(whole, file, f), f) for f in diagnosis.findings]
        last = len(gaps_of(self.handed.name)) + 1
        gap, line, finding = min(placed, key=lambda p: (p[0] != guilty, p[0] or last))
        hint = hints.of_finding(finding)
        if (
            guilty is not None and guilty != gap
        ):  # what was found is the fault's effect, in another gap
            gap, line, hint = guilty, self.handed.begin(guilty), self._of_place(guilty)
        return _grade(
            self.handed, grade.WRONG, gap, line, agrees=diagnosis.agrees, hint=hint,
            what=f"{finding.what} is the first that differs, by {finding.size:.2g} relative",
            cause=finding.cause, words=_ours(finding.words), confirmed=_ours(finding.confirmed),
            remedy=finding.remedy,
        )  # fmt: skip

    def _only_reported(self, diagnosis: Diagnosis) -> Grade | None:
        """Return that a loss is wrong though its slope is right, such as by a constant."""
        said = next((words for words in diagnosis.harmless if words.startswith(REPORTED)), None)
        if said is None or (guilty := self._guilty(self._differs)) is None:
            return None
        line, hint = self.handed.begin(guilty), self._of_place(guilty)
        return _grade(self.handed, grade.WRONG, guilty, line, what=f"{said} differs", hint=hint)

    def _of_place(self, gap: int) -> str:
        return hints.BY_RUNG[gaps_of(self.handed.name)[gap].rung]

    def _placed(self, whole: Whole, file: Path, finding: Finding) -> tuple[int | None, int | None]:
        """Return the gap and the line of a finding; where its lines are in none, the rung's gap."""
        first = finding.loop
        lines = [n.line for n in (first, *finding.loop_more) if n and n.file == str(file)]
        for line in lines:
            if (gap := whole.gap(line)) is not None and whole.place(line) is not None:
                return gap, whole.place(line)
        gaps = gaps_of(self.handed.name)
        of_rung = [n for n in gaps if gaps[n].rung == finding.rung and n not in self.handed.open]
        if of_rung:
            return of_rung[0], self.handed.begin(of_rung[0])
        return None, next((whole.place(line) for line in lines), None)

    def _graph(self, make: Callable[[], Any]) -> Grade | None:
        """Return that what has to be one graph is none."""
        if not self.exercise.traced:
            return None
        what = not_one_graph(make(), self.exercise.traced, self.data, BATCH_SIZE)
        if not what:
            return None
        gap = 3 if "loop" in what else 1
        return _grade(
            self.handed, grade.WRONG, gap, self.handed.begin(gap), what=what, hint=hints.GRAPH
        )


def _apart(a: np.ndarray, b: np.ndarray) -> bool:
    return not np.linalg.norm(a - b) <= ALIKE * np.linalg.norm(b)  # NaN is apart too


def _ours(words: str) -> str:
    """Return the words of a diagnosis as they are said to who wrote the program."""
    for theirs, said in (
        ("the loop's", "your"), ("the loop", "your program"), ("the reference", "the twin"),
    ):  # fmt: skip
        words = words.replace(theirs, said)
    return words
