"""A stand and blocks of a scaling whose parameters are known."""

from dataclasses import asdict

from bench.records.slices import METHOD
from bench.scaling.model import Parameters, compute_seconds, exchange_seconds
from bench.scaling.points import COMPUTE, EXCHANGE, REPLICAS, WORKERS, arms_of, one
from bench.scaling.summary import summary
from bench.stats.intervals import palindrome

BATCH, BYTES, CORES = 128, 200_000, 2
KNOWN = {
    REPLICAS: Parameters(2e-4, 1e-4, 5e-6, 2e-5, 5e-11),
    WORKERS: Parameters(0.0, 3e-4, 5e-6, 1e-3, 1e-9),
}
ALONE = 9.4e-4
"""Seconds of one: of both kinds serial and fixed are 3e-4 together."""


def seconds_of(arm, known=KNOWN):
    """Return what an arm takes by the model."""
    given = known[arm.kind]
    if arm.part == EXCHANGE:
        return exchange_seconds(given, arm.kind, arm.n, bytes_of(arm))
    computing = compute_seconds(given, arm.n, arm.batch_size, CORES)
    if arm.part == COMPUTE or arm.n == 1:
        return computing
    return computing + exchange_seconds(given, arm.kind, arm.n, BYTES)


def bytes_of(arm):
    return max(arm.times * BYTES, 32)


def stand_of(replicas=(2, 4), workers=(2, 3), **more):
    arms = arms_of({REPLICAS: replicas, WORKERS: workers}, BATCH)
    records = [
        {"arm": arm.name, **asdict(arm), "bytes": bytes_of(arm) if arm.part == EXCHANGE else 0,
         "impl": "raw", "engine": arm.kind, "steps": 1, "samples": arm.batch_size or None}
        for arm in arms
    ]  # fmt: skip
    return {
        "model": "mlp", "config": {}, "cores": CORES, "on": "cpu", "gpus": 0, "order": "in-turn",
        "gradients": {"tensors": 8, "bytes": BYTES}, "proofs": [], "parted": [],
        "left_out": {"GPUs": "none of 4"}, "precision": "quick", "margin": 0.25, "project": [8, 64],
        "network": {}, "method": METHOD, "reference": one(BATCH).name, "arms": records,
    } | more, arms  # fmt: skip


def blocks_of(arms, known=KNOWN, n=6, slower=lambda arm: 1.0, jitter=0.0):
    """Return blocks in which every arm takes what the model says, each block all of it slower."""
    by_name = {arm.name: arm for arm in arms}
    blocks = []
    for number in range(n):
        order = palindrome(list(by_name), 0, number)
        spell = 1 + jitter * (number % 3 - 1)
        each = [spell * seconds_of(by_name[a], known) * slower(by_name[a]) for a in order]
        blocks.append({"block": number, "order": order, "seconds": [3 * s for s in each],
                       "steps": [3] * len(order)})  # fmt: skip
    return blocks


def scaling_of(known=KNOWN, slower=lambda arm: 1.0, jitter=0.0, **stand):
    """Return the summary."""
    record, arms = stand_of(**stand)
    return summary(record, blocks_of(arms, known, slower=slower, jitter=jitter))
