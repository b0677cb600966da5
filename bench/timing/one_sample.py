"""A prediction of one sample: by hand against the fastest way of Keras, ``predict`` beside it.

``predict`` is made for many samples: its ratio for one tells what a call costs, and nothing of
the layers. So what is said first is said of the fastest way.
"""

from statistics import fmean

from bench.records.reading import AGAIN, Record
from bench.stats.verdicts import INCONCLUSIVE
from bench.timing.prices import Price, a_sample, price_of

ASKED = "a prediction of one sample"
FOR_MANY = "keras predict"


def fastest(record: Record, impl: str) -> str | None:
    """Return the name of a side's fastest arm, copies left out; None where none was timed."""
    own = [
        arm["arm"]
        for arm in record["arms"]
        if arm["impl"] == impl and not arm["arm"].endswith(AGAIN) and all(arm["seconds"])
    ]
    return min(own, key=lambda arm: fmean(a_sample(record, arm)), default=None)


def price_of_one(record: Record) -> Price | None:
    """Return what Keras's fastest way costs against the fastest by hand."""
    keras, raw = fastest(record, "keras"), fastest(record, "raw")
    return price_of(record, ASKED, keras, raw) if keras and raw else None


def in_words(record: Record) -> str:
    """Return what one sample costs in a sentence or two; empty where it was not timed."""
    paid = price_of_one(record)
    if paid is None:
        return ""
    times = paid.times
    said = (
        f"One sample: Keras's fastest way, {_way(paid.dear)}, takes {times.ratio:.2f} "
        f"({times.low:.2f} to {times.high:.2f}) times as long as {_way(paid.cheap)} by hand"
    )
    if paid.verdict == INCONCLUSIVE:
        said += f" (no verdict: {paid.why})"
    calls = [fmean(a_sample(record, a["arm"])) for a in record["arms"] if a["arm"] == FOR_MANY]
    if paid.dear == FOR_MANY or not calls:
        return f"{said}."
    return f"{said}. predict is made for many samples: a call of it takes {1e3 * calls[0]:.3g} ms."


def _way(arm: str) -> str:
    return arm.split(" ", 1)[1]
