"""What blocks of known seconds say of peers."""

import pytest

from bench.peers.summary import summary, width
from bench.records.reading import AGAIN
from bench.stats.intervals import palindrome
from bench.stats.verdicts import EQUIVALENT, FASTER, SLOWER

STEP = {
    "keras fit": 8.0, "raw epoch": 2.0, "raw epoch, xla": 1.0, "numpy": 2.0, "torch eager": 4.0,
    "slow": 16.0, "keras fit" + AGAIN: 8.0, "raw epoch" + AGAIN: 2.0,
}  # fmt: skip
IMPLS = {"keras": "keras", "raw": "raw"}


def stand():
    arms = [
        {"arm": name, "impl": IMPLS.get(name.split()[0], "peer"), "engine": "e", "samples": 100,
         "steps": 10, "same_bits": name.startswith("raw epoch") and "xla" not in name}
        for name in STEP
    ]  # fmt: skip
    return {"model": "mlp", "task": "peers", "arms": arms, "reference": "keras fit",
            "method": "slices", "margin": 0.02, "order_seed": 3}  # fmt: skip


def blocks(again=1.0, n=12):
    """Every block is slower than the one before, and copies take so many times as long."""
    taken = []
    for number in range(n):
        order = palindrome(list(STEP), 3, number)
        noise = [1 + 1e-4 * ((7 * number + 3 * place) % 5 - 2) for place in range(len(order))]
        seconds = [
            STEP[arm] * (1 + 0.01 * number) * each * (again if arm.endswith(AGAIN) else 1)
            for arm, each in zip(order, noise, strict=True)
        ]
        taken.append({"block": number, "order": order, "seconds": seconds,
                      "steps": [1] * len(order), "idle_share": 0.01 * number})  # fmt: skip
    return taken


def test_every_peer_is_held_against_fit_and_the_best_by_hand():
    record = summary(stand(), blocks())
    of_fit = {each["arm"]: each for each in record["ratios"]}
    assert of_fit["numpy"]["ratio"] == pytest.approx(4.0, rel=1e-3)
    assert of_fit["numpy"]["verdict"] == FASTER
    assert of_fit["slow"]["verdict"] == SLOWER
    assert record["by_hand"] == {"best": "raw epoch, xla", "best with the same bits": "raw epoch"}
    against = {(each["raw"], each["peer"]): each for each in record["against"]}
    assert len(against) == 2 * 3
    assert against["raw epoch, xla", "numpy"]["ratio"] == pytest.approx(2.0, rel=1e-3)
    assert against["raw epoch", "numpy"]["verdict"] == EQUIVALENT
    assert record["idle_share"] == pytest.approx(0.11)
    assert width(stand(), blocks()) < 0.01


def test_no_ratio_is_known_better_than_two_processes_are_alike():
    record = summary(stand(), blocks(again=1.5))
    assert record["process_error"] == pytest.approx(0.405, abs=0.01)
    (torch,) = [e for e in record["against"] if (e["raw"], e["peer"]) == ("raw epoch", "numpy")]
    assert torch["low"] < 0.7
    assert torch["high"] > 1.4
    assert width(stand(), blocks(again=1.5)) > 1.0


def test_one_block_says_nothing_and_can_be_stored():
    record = summary(stand(), blocks(n=1))
    assert {each["verdict"] for each in record["ratios"]} == {"inconclusive"}
