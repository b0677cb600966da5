"""A grade in words, as a teacher says it: what holds, the first thing that does not, a hint."""

from collections.abc import Callable, Sequence
from textwrap import wrap

from bench.exercises.grade import OPEN, PASSES, UNDECIDED, Grade
from bench.exercises.tasks import gaps_of, task

PLACE, WIDTH = "not yet", 98


def screen(grade: Grade, solution: bool = False, dim: Callable[[str], str] = str) -> str:
    """Return what is said of a submission.

    Args:
        grade: of the submission.
        solution: whether the answer is told as well.
        dim: puts what matters less into another colour.
    """
    lines = [f"{task(grade.exercise).title}: {_headline(grade)}", ""]
    rows = [("holds", _holding(grade)), *_fault(grade)]
    lines += [line for name, text in rows if text for line in _row(name, text)]
    if grade.verdict == PASSES:
        return "\n".join(lines)
    if solution:
        lines += _row("cause", grade.words) if grade.words else []
        lines += _row("tried", grade.confirmed) if grade.confirmed else []
        lines += [f"{'answer' if not i else '':<9} {text}" for i, text in enumerate(answer(grade))]
    elif grade.gap is not None:
        lines.append(dim(f"{'answer':<9} with --solution"))
    return "\n".join(lines)


def _row(name: str, text: str) -> list[str]:
    """Return a row; what is told is wrapped beside its name, what is code is not."""
    if name == PLACE:
        return [f"{name:<9} {text}"]
    return wrap(text, WIDTH, initial_indent=f"{name:<9} ", subsequent_indent=" " * 10)


def _headline(grade: Grade) -> str:
    if grade.verdict == PASSES:
        return "solved. It computes what the twin does, step by step"
    if grade.verdict == UNDECIDED:
        return "not decided: rounding alone would hide a difference"
    if grade.verdict == OPEN:
        return f"{len(grade.holds)} of {grade.gaps} gaps hold, and the next one is open"
    return "not yet" if grade.gap is None else f"gap {grade.gap} of {grade.gaps} does not hold yet"


def _holding(grade: Grade) -> str:
    """Return the gaps that hold, with what agrees with the twin."""
    gaps = "; ".join(_gap(grade.exercise, n) for n in grade.holds)
    agrees = [word for word in grade.agrees if word != "shapes"]
    if not agrees:
        return gaps
    words = f"the {', '.join(agrees)} as the twin's"
    return f"{gaps} ({words})" if gaps else words


def _gap(name: str, number: int) -> str:
    title = task(name).gaps[number][0]
    return f"gap {number}, {title[0].lower()}{title[1:]}"


def _fault(grade: Grade) -> Sequence[tuple[str, str]]:
    if grade.verdict == PASSES:
        return ()
    where = [] if grade.gap is None else [_gap(grade.exercise, grade.gap)]
    where += [] if grade.line is None else [f"line {grade.line}"]
    place = ", ".join(where) + (
        f": {grade.text}" if grade.text and not _is_mark(grade.text) else ""
    )
    because = grade.what if grade.verdict != OPEN else ""
    return ((PLACE, place), ("because", because), ("hint", grade.hint))


def _is_mark(text: str) -> bool:
    return text.startswith("# >>>")


def answer(grade: Grade) -> tuple[str, ...]:
    """Return the lines that the solution has in the gap that does not hold yet."""
    if grade.gap is None:
        return (grade.remedy,) if grade.remedy else ()
    gap = gaps_of(grade.exercise)[grade.gap]
    return tuple(line.removeprefix(gap.indent) for line in gap.solution)
