"""From a submission to what a teacher would say: a diagnosis against the twin, gap by gap."""

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from bench.diagnose.answer import Diagnosis
from bench.diagnose.api import diagnose
from bench.diagnose.finding import AGREE, UNDECIDED, Finding
from bench.errors import UserError
from bench.exercises import grade, hints
from bench.exercises.failures import failure_of
from bench.exercises.gap_by_gap import RAISED, GapByGap
from bench.exercises.grade import Grade
from bench.exercises.graphs import not_one_graph
from bench.exercises.loading import loaded
from bench.exercises.references import BATCH_SIZE, STEPS, data_of, fit_of, twin
from bench.exercises.show_words import CONFIRMED, because, of_show
from bench.exercises.shows import UNSEEN, Show
from bench.exercises.submission import Submission, Whole
from bench.exercises.tasks import gaps_of

STRUCTURE = "structure"
FIRST = 1
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
            marking = _Marking(handed, Path(folder))
            fault = marking.drawn_fault() or marking.first_fault(handed.open)
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
        self.gaps = GapByGap(handed, self.data, folder)

    def first_fault(self, filled: Collection[int]) -> Grade | None:
        """Return the first thing that does not hold.

        Args:
            filled: the gaps that the solution fills; they are not judged.
        """
        filled = {*filled, *self.gaps.held}
        whole = self.handed.whole(filled)
        file, module = loaded(whole.text, self.folder)
        if isinstance(module, BaseException):
            return self._failed(whole, file, module)
        for name in self.exercise.makers:
            if (make := getattr(module, name, None)) is None:
                what, hint = f"`{name}` is gone", "Put the function back as the skeleton has it."
                return _grade(self.handed, grade.WRONG, what=what, hint=hint)
            if (fault := self._of_program(whole, file, make)) is not None:
                return fault
        return None

    def drawn_fault(self) -> Grade | None:
        """Return what does not hold of a gap that draws; those that hold need not be compared."""
        for gap in self.gaps.drawing():
            found = self.gaps.draws_otherwise(gap)
            if found is None:
                self.gaps.held.add(gap)
            elif found.kind != UNSEEN:
                return self._before(gap) or self._shown(gap, found)
        return None

    def _of_program(self, whole: Whole, file: Path, make: Callable[[], Any]) -> Grade | None:
        if (fault := self._of_numbers(make)) is not None:
            return fault
        try:
            diagnosis = self._diagnosed(make)
        except (UserError, SystemExit) as error:
            return self._failed(whole, file, error)
        return self._found(whole, file, diagnosis) or self._graph(whole, file, make)

    def _of_numbers(self, make: Callable[[], Any]) -> Grade | None:
        """Return the fault that the numbers of its gap tell without a search, if they do."""
        if self.gaps.breaks(make) or not self.gaps.differs(make):
            return None
        guilty = self.gaps.guilty(self.gaps.differs)
        found = self.gaps.show(guilty) if guilty is not None else None
        return self._shown(guilty, found) if guilty is not None and found else None

    def _shown(self, gap: int, found: Show) -> Grade:
        """Return the fault of a gap by how it shows."""
        begin = self.handed.begin(gap)
        line = begin + found.line if begin is not None else None
        return _grade(
            self.handed, grade.WRONG, gap, line, what=because(found), cause=found.kind,
            hint=of_show(found), confirmed=self._with_solution(gap),
        )  # fmt: skip

    def _with_solution(self, gap: int) -> str:
        """Return, in words, that the solution in a gap puts all right; else nothing."""
        whole = self.handed.whole({gap, *self.handed.open, *self.gaps.held})
        make = getattr(loaded(whole.text, self.folder)[1], self.exercise.makers[0], None)
        return "" if make is None or self.gaps.differs(make) else CONFIRMED

    def _diagnosed(self, make: Callable[[], Any]) -> Diagnosis:
        return diagnose(
            make, lambda: twin(self.exercise), self.data, fit=fit_of(self.exercise), steps=STEPS
        )

    def _failed(self, whole: Whole, file: Path, error: BaseException) -> Grade:
        failure = failure_of(error, str(file))
        if failure.line is None:
            return self._misbuilt(error)
        gap, line = whole.gap(failure.line), whole.place(failure.line)
        guilty = self.gaps.guilty(self.gaps.breaks)  # code may fail far from where the fault is
        hint = failure.hint
        if guilty is not None and guilty != gap:
            gap, line = guilty, self.handed.begin(guilty)
            found = self.gaps.show(guilty)
            hint = of_show(found) if found else hint
        return self._before(gap) or _grade(
            self.handed, grade.WRONG, gap, line, what=failure.what, hint=hint
        )

    def _before(self, gap: int | None) -> Grade | None:
        """Return what does not hold before a gap: code that fails hides whether the rest does."""
        later = [n for n in gaps_of(self.handed.name) if gap is not None and n >= gap]
        if not later or gap == FIRST:
            return None
        return self.first_fault({*later, *self.handed.open})

    def _misbuilt(self, error: BaseException) -> Grade:
        """Return which gap's variables do not fit the twin's."""
        gap = self.gaps.guilty(self.gaps.does_not_fit)
        begin = self.handed.begin(gap) if gap else None
        what = str(error).partition(": name the loop's")[0].removeprefix("structure: ")
        found = self.gaps.show(gap) if gap else None
        hint = of_show(found) if found else hints.BY_RUNG[STRUCTURE]
        return _grade(self.handed, grade.WRONG, gap, begin, what=_ours(what), hint=hint)

    def _found(self, whole: Whole, file: Path, diagnosis: Diagnosis) -> Grade | None:
        """Return the finding that is in the first gap of all, as a grade."""
        if diagnosis.verdict == UNDECIDED:
            return _grade(self.handed, grade.UNDECIDED, what=diagnosis.limits[0])
        if diagnosis.verdict == AGREE:
            return self._only_reported(diagnosis)
        guilty = self.gaps.guilty(self.gaps.differs)
        placed = [(*self._placed(whole, file, f), f) for f in diagnosis.findings]
        last = len(gaps_of(self.handed.name)) + 1
        gap, line, finding = min(placed, key=lambda p: (p[0] != guilty, p[0] or last))
        hint = hints.of_finding(finding)
        if guilty is not None and guilty != gap:  # what was found is its effect in another gap
            gap, line, hint = guilty, self.handed.begin(guilty), self._of_place(guilty)
        if gap is None:  # it shows in the whole alone
            gap = self.gaps.guilty(self.gaps.built_otherwise)
            line = self.handed.begin(gap) if gap is not None else line
        if gap is not None and (found := self.gaps.show(gap)):
            hint = of_show(found)
        return _grade(
            self.handed, grade.WRONG, gap, line, agrees=diagnosis.agrees, hint=hint,
            what=f"{finding.what} is the first that differs, by {finding.size:.2g} relative",
            cause=finding.cause, words=_ours(finding.words), confirmed=_ours(finding.confirmed),
            remedy=finding.remedy,
        )  # fmt: skip

    def _only_reported(self, diagnosis: Diagnosis) -> Grade | None:
        """Return that a loss is wrong though its slope is right, such as by a constant."""
        said = next((words for words in diagnosis.harmless if words.startswith(REPORTED)), None)
        if said is None or (guilty := self.gaps.guilty(self.gaps.differs)) is None:
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

    def _graph(self, whole: Whole, file: Path, make: Callable[[], Any]) -> Grade | None:
        """Return that what has to be one graph is none."""
        if not self.exercise.traced:
            return None
        try:
            what = not_one_graph(make(), self.exercise.traced, self.data, BATCH_SIZE)
        except RAISED as error:
            return self._failed(whole, file, error)
        if not what:
            return None
        gap = 3 if "loop" in what else 1
        return _grade(
            self.handed, grade.WRONG, gap, self.handed.begin(gap), what=what, hint=hints.GRAPH
        )


def _ours(words: str) -> str:
    """Return the words of a diagnosis as they are said to who wrote the program."""
    for theirs, said in (
        ("the loop's", "your"), ("the loop", "your program"), ("the reference", "the twin"),
    ):  # fmt: skip
        words = words.replace(theirs, said)
    return words
