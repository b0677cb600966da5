"""What a block of slices says of an arm, from its record."""

from bench.records.reading import Record

METHOD = "slices"
"""What a stand's record calls the method of ``bench.timing.slices``; the others' have none."""


def step_seconds(block: Record, arm: str) -> float:
    """Return the seconds of a step of an arm in a block: all its slices over all their steps."""
    order = [*block["order"]] * (len(block["seconds"]) // len(block["order"]))
    slices = zip(order, block["seconds"], block["steps"], strict=True)
    own = [(seconds, steps) for name, seconds, steps in slices if name == arm]
    return float(sum(seconds for seconds, _ in own) / sum(steps for _, steps in own))
