"""A run as ``gvk bench`` stores it, made of blocks whose figures are known."""

from bench.records.reading import AGAIN
from bench.records.writing import Store
from bench.stats.intervals import palindrome
from bench.timing import summary as summaries

ARMS = ("raw step", "keras fit", "raw step" + AGAIN, "keras fit" + AGAIN)
HEAD = {"model": "mlp", "task": "training"}
RUN = {
    "verb": "bench",
    "plan": {"precision": "quick", "seed": 0},
    "environment": {"cpu": "x", "git_commit": "a"},
    "dataset": {"name": "digits"},
}


def seconds_of(arm, block, raw_seconds):
    """Keras takes 2 s, and every block is a little slower than the one before."""
    base = raw_seconds if arm.startswith("raw") else 2.0
    # a hair of noise that no two arms share
    return base * (1 + 0.01 * block) * (1 + 1e-3 * ((7 * block + 3 * len(arm)) % 5 - 2))


def store_run(folder, raw_seconds=1.0, blocks=8, end=True, **changes):
    """Store a complete run of one model; return its store."""
    store = Store(folder)
    store.start(**(RUN | changes))
    parity = {"holds": True, "criterion": "0 ULP", "steps": 5, "epochs": 1, "rungs": []}
    store.append("parity", model="mlp", config={"engine": "step"}, **parity)
    arms = [
        {"arm": name, "impl": name.split()[0], "engine": "step", "samples": 100, "steps": 2,
         "epochs": 2, "proved": "0 ULP"}
        for name in ARMS
    ]  # fmt: skip
    stand = store.append(
        "stand", **HEAD, config={}, arms=arms, reference="keras fit", order_seed=3, margin=0.02,
        precision="quick", samples_per_segment=100, steps_per_segment=2,
    )  # fmt: skip
    taken = []
    for number in range(blocks):
        order = palindrome(ARMS, 3, number)
        seconds = [seconds_of(arm, number, raw_seconds) for arm in order]
        taken.append(store.append("block", **HEAD, block=number, order=order, seconds=seconds))
    store.append("throughput", **summaries.throughput(stand, taken), stopped="all blocks taken")
    if end:
        store.append("throughput", **summaries.throughput(stand, taken) | {"task": "latency"})
        store.finish()
    return store
