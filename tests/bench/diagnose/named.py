"""Which faulty lines of a known pair a diagnosis does not name first."""

from bench.diagnose.marks import known
from bench.diagnose.scorecard import marked


def not_named_first(file, found) -> list:
    """Return the lines at fault that are not named first; of an omission, that is not placed."""
    faults = marked(file.stem, known(file), found, 0.0).faults
    return [fault.line for fault in faults if not fault.first]
