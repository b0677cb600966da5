"""The calibration of the method in a table, from its stored summaries."""

from collections.abc import Sequence

from bench.records.reading import Record
from bench.render.markdown import count, table

WHAT = {
    "simulation": "simulated noise",
    "quiet": "this machine, nothing beside it",
    "loaded": "this machine, beside a load",
    "planted": "this machine, work added",
    "spread": "this machine, against timing one after the other",
}


METHOD = (
    "How it was tried: noise was simulated around a known ratio, 60 blocks a run; a neighbour whom "
    "one program feels more than the other, so that the ratio itself changes as it comes and goes, "
    "480. On the machine a training step of the hand-written perceptron ran against its own copy, "
    "or against itself with work added, in runs that stop as any run does, once their interval is "
    "narrow enough or the time is spent. A verdict is false where a program is called faster or "
    "slower than its own copy. Timed one after the other: both copies under pytest-benchmark, each "
    "to its end, for as long as the slices of one took together."
)


def section(records: Sequence[Record]) -> str:
    """Return what was tried, with what result, and how."""
    return f"{calibration_table(records)}\n\n{METHOD}"


def calibration_table(records: Sequence[Record]) -> str:
    """Return a row for each part: what is claimed, what was found, whether that holds."""
    columns = ("Tried on", "Claim", "Found", "Runs", "Holds")
    rows = [
        [
            WHAT.get(record["part"], record["part"]),
            record["claim"],
            record["found"],
            count(record["trials"]),
            "yes" if record["holds"] else "NO",
        ]
        for record in records
    ]
    return table(columns, rows, "lllrl")
