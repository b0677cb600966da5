"""The calibration of the method in a table, from its stored summaries."""

from collections.abc import Sequence

from bench.results import Record
from bench.tables import count, table

WHAT = {
    "simulation": "simulated noise",
    "quiet": "this machine, nothing beside it",
    "loaded": "this machine, beside a load",
    "planted": "this machine, work added",
    "spread": "this machine, against timing one after the other",
}


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
