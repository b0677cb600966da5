"""What a block of slices says of an arm, from its record."""

from statistics import geometric_mean

from bench.records.reading import Record

METHOD = "slices"
"""What a stand's record calls the method of ``bench.timing.slices``; the others' have none."""


def step_seconds(block: Record, arm: str) -> float:
    """Return the seconds of a step of an arm in a block: the geometric mean over its slices.

    So the logarithm of two arms' ratio in a block is the mean of those of its rounds, and a burst
    that hits a long slice counts no more than one that hits a short one.
    """
    order = [*block["order"]] * (len(block["seconds"]) // len(block["order"]))
    slices = zip(order, block["seconds"], block["steps"], strict=True)
    return geometric_mean(seconds / steps for name, seconds, steps in slices if name == arm)
