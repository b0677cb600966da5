"""What is paid for what: Keras's layers in the same loop, and ``fit`` around the same layers.

An epoch in a graph by hand against ``fit`` differs in two things at once, the loop and what is in
it. Of arms that took turns in the same blocks each can be had by itself: the same loop with Keras's
layers, loss and optimizer in it against the hand-written ones, and ``fit`` against a loop of one's
own around the same Keras layers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.records.reading import Record
from bench.stats.verdicts import DEFAULT_MARGIN, judge

if TYPE_CHECKING:
    from bench.stats.intervals import Ratio

LAYERS, FIT, BEST_FIT = "Keras's layers", "fit", "fit at its best"
SAME_LOOP = {"keras own_loop": "raw step", "keras own_epoch": "raw epoch"}
"""Arms whose loop is the same, by hand and around Keras's layers."""
OF_FIT = "keras fit"
FITS = (OF_FIT, "keras fit, untuned", "keras fit, steps_per_execution=32")
"""As it comes, and told what changes no bit of what is trained."""


@dataclass(frozen=True)
class Price:
    """How many times as long one of two arms takes that differ in one thing alone.

    Attributes:
        of: what is paid for: ``LAYERS``, ``FIT`` as it comes, or ``BEST_FIT``, the fastest of the
            ways to call it, where more than one was timed.
        dear, cheap: the arm with it, and the one without.
        times: the time of the first over that of the second, a sample for a sample, by block.
        verdict: a word of ``bench.stats.verdicts``, of the arm without it.
        why: of the verdict.
    """

    of: str
    dear: str
    cheap: str
    times: "Ratio"
    verdict: str
    why: str


def prices(record: Record) -> list[Price]:
    """Return the prices that the arms of a training's throughput give."""
    return list(_prices(record))


def price(record: Record, of: str) -> Price | None:
    """Return the price of one thing; where several loops give it, that of the fastest."""
    every = [each for each in _prices(record) if each.of == of]
    return min(every, key=lambda each: sum(a_sample(record, each.cheap)), default=None)


def in_words(price: Price) -> str:
    """Return a price in a line, as ``gvk bench`` prints it."""
    times = price.times
    return (
        f"price of {price.of}: {price.dear} takes {times.ratio:.2f} times as long as "
        f"{price.cheap} (95 % {times.low:.2f} to {times.high:.2f})"
    )


def widest(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of what is said of training: ratios and prices."""
    from bench.timing.summary import throughput

    record = throughput(stand, blocks)
    every = [*map(_ratio, record["ratios"]), *(price.times for price in _prices(record))]
    return max((each.width for each in every), default=0.0)


def _prices(record: Record) -> Iterator[Price]:
    timed = {arm["arm"] for arm in record["arms"] if all(arm["seconds"])}
    for keras, raw in SAME_LOOP.items():
        if {keras, raw} <= timed:
            yield price_of(record, LAYERS, keras, raw)
    for keras in SAME_LOOP:
        if {keras, OF_FIT} <= timed:
            yield price_of(record, FIT, OF_FIT, keras)
    yield from _best_fit(record, timed)


def _best_fit(record: Record, timed: set[str]) -> Iterator[Price]:
    """Yield the price of ``fit`` at its best, where there is a best of several."""
    fits = [fit for fit in FITS if fit in timed]
    if len(fits) > 1:
        best = min(fits, key=lambda fit: sum(a_sample(record, fit)))
        for keras in SAME_LOOP:
            if keras in timed:
                yield price_of(record, BEST_FIT, best, keras)


def price_of(record: Record, of: str, dear: str, cheap: str) -> Price:
    """Return how many times as long one arm of a record takes as another, and the verdict."""
    from bench.timing.ratios import ratio_between

    times = ratio_between(
        record, {arm: a_sample(record, arm) for arm in (dear, cheap)}, dear, cheap
    )
    verdict = judge(times, controls_of(record), record.get("margin", DEFAULT_MARGIN))
    return Price(of, dear, cheap, times, verdict.word, verdict.why)


def a_sample(record: Record, name: str) -> list[float]:
    """Return the seconds that an arm took for a sample in each block."""
    arm = next(arm for arm in record["arms"] if arm["arm"] == name)
    samples = arm.get("samples") or record["samples_per_segment"]
    return [seconds / samples for seconds in arm["seconds"]]


def controls_of(record: Record) -> list["Ratio"]:
    """Return the controls of a record."""
    return [_ratio(control) for control in record.get("controls", [])]


def _ratio(control: Record) -> "Ratio":
    """Return a stored ratio; an end that was not finite was stored as null."""
    from bench.stats.intervals import Ratio

    low, high = control["low"], control["high"]
    return Ratio(
        control["ratio"],
        float("-inf") if low is None else low,
        float("inf") if high is None else high,
        control["blocks"],
    )
