"""From an interval and its controls to a verdict in a word."""

from collections.abc import Iterable
from dataclasses import dataclass
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

    Args:
        ratio: of the time of the reference over the time of what is judged.
        controls: ratios of a program over a copy of itself, measured in the same blocks.
        margin: the difference that counts as none, such as 0.02 for 2 %.
    """
    failed = [each for each in controls if leaves_out_one(each.low, each.high)]
    if failed:
        worst = max(failed, key=lambda each: abs(each.ratio - 1))
        return Verdict(INCONCLUSIVE, f"withheld: a control is at {_in_words(worst)}, not at 1")
    if getattr(ratio, "alike", False):  # as bench.stats.batch_means found it
        return Verdict(INCONCLUSIVE, "withheld: blocks that follow one another are alike")
    if ratio.low >= 1 / (1 + margin) and ratio.high <= 1 + margin:
        return Verdict(EQUIVALENT, f"the interval lies within {margin:.1%} of 1")
    if ratio.low > 1:
        return Verdict(FASTER, "the interval lies above 1")
    if ratio.high < 1:
        return Verdict(SLOWER, "the interval lies below 1")
    return Verdict(INCONCLUSIVE, "the interval holds 1, and more than the margin beside it")


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
