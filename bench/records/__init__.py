"""What a run leaves behind: the schema of a record, reading, writing, seals, a data frame.

Imports data, and what stands left of it; never ``twins``.
"""

from typing import Any


def frame(report_folder: Any) -> Any:
    """Return the blocks of a report as a pandas ``DataFrame``: see ``bench.records.frames``."""
    from bench.records.frames import frame as blocks_of

    return blocks_of(report_folder)
