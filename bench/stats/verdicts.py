"""From an interval and its controls to a verdict in a word."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.rounding import lean

if TYPE_CHECKING:
    from bench.stats.intervals import Ratio

FASTER, SLOWER, EQUIVALENT, INCONCLUSIVE = "faster", "slower", "equivalent", "inconclusive"
DEFAULT_MARGIN = 0.02
EXIT_CODES = {FASTER: 0, EQUIVALENT: 0, SLOWER: 1, INCONCLUSIVE: 3}


@dataclass(frozen=True)
class Verdict:
    """What a ratio means, and why it is not more than that."""

    word: str
    why: str


def judge(ratio: "Ratio", controls: "Iterable[Ratio]", margin: float = DEFAULT_MARGIN) -> Verdict:
    """Return faster, slower, equivalent or inconclusive.

    Where a control leaves out 1, two builds of one program differ, by as much as its interval
    allows; a verdict then has to hold for the interval stretched by that.

    Args:
        ratio: of the time of the reference over the time of what is judged.
        controls: ratios of a program over a copy of itself, measured in the same blocks.
        margin: the difference that counts as none, such as 0.02 for 2 %.
    """
    if getattr(ratio, "alike", False):  # as bench.stats.batch_means found it
        return Verdict(INCONCLUSIVE, "withheld: blocks that follow one another are alike")
    verdict, controls = _of_interval(ratio.low, ratio.high, margin), tuple(controls)
    off = off_by(controls)
    if off == 1 or verdict.word == INCONCLUSIVE:
        return verdict
    if _of_interval(ratio.low / off, ratio.high * off, margin).word == verdict.word:
        return replace(verdict, why=f"{verdict.why}, by more than a control is off")
    worst = _in_words(max(controls, key=_off))
    return Verdict(INCONCLUSIVE, f"withheld: a control is at {worst}, not at 1")


def off_by(controls: "Iterable[Ratio]") -> float:
    """Return how many times as long a program may take as its copy; 1 where no control failed."""
    return max(map(_off, controls), default=1.0)


def _of_interval(low: float, high: float, margin: float) -> Verdict:
    if low >= 1 / (1 + margin) and high <= 1 + margin:
        return Verdict(EQUIVALENT, f"the interval lies within {margin:.1%} of 1")
    if low > 1:
        return Verdict(FASTER, "the interval lies above 1")
    if high < 1:
        return Verdict(SLOWER, "the interval lies below 1")
    return Verdict(INCONCLUSIVE, "the interval holds 1, and more than the margin beside it")


def _off(control: "Ratio") -> float:
    if not leaves_out_one(control.low, control.high):
        return 1.0
    return max(control.high, 1 / control.low if control.low > 0 else float("inf"))


def leaves_out_one(low: float | None, high: float | None) -> bool:
    """Return whether an interval leaves out 1: of a control, that it failed.

    Args:
        low, high: its ends; a record has None for an end that is not finite.
    """
    return (low is not None and low > 1) or (high is not None and high < 1)


def worst_exit_code(words: Iterable[str]) -> int:
    """Return 1 if anything is slower, 3 if something stays open, else 0."""
    codes = {EXIT_CODES[word] for word in words}
    return next((code for code in (1, 3) if code in codes), 0)


def _in_words(ratio: "Ratio") -> str:
    return f"{lean(ratio.ratio):.3f} ({lean(ratio.low):.3f} to {lean(ratio.high):.3f})"
