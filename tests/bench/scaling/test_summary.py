"""From blocks to points, parameters and projections, where the truth is known."""

import pytest

from bench.scaling.model import Parameters, exchange_seconds
from bench.scaling.points import EXCHANGE, GIVEN, PROJECTION, REPLICAS, WORKERS
from bench.scaling.summary import summary, widest
from bench.scaling.words import scaling_lines, scaling_text
from tests.bench.scaling.hand_made import (
    ALONE,
    BATCH,
    BYTES,
    KNOWN,
    blocks_of,
    scaling_of,
    stand_of,
)


def of(record, kind, n, batch=BATCH):
    same = {"kind": kind, "n": n, "batch_size": batch}
    return next(point for point in record["points"] if same.items() <= point.items())


@pytest.mark.parametrize("kind", KNOWN)
def test_the_parameters_are_found_again(kind):
    law = scaling_of()["laws"][kind]
    for name, value in zip(Parameters._fields, KNOWN[kind], strict=True):
        assert law[name]["value"] == pytest.approx(value, rel=1e-6, abs=1e-9), name
        assert law[name]["low"] <= law[name]["value"] * (1 + 1e-9) + 1e-9
        assert law[name]["high"] >= law[name]["value"] * (1 - 1e-9) - 1e-9
    assert law["holds"]
    assert all(abs(each["residual"]) < 1e-6 for each in law["fit"])


def test_a_spell_that_slows_all_of_a_block_widens_intervals_and_moves_no_ratio():
    still, spelled = scaling_of(), scaling_of(jitter=0.2)
    point, same = of(spelled, WORKERS, 2), of(still, WORKERS, 2)
    assert point["efficiency"]["value"] == pytest.approx(same["efficiency"]["value"])
    law = spelled["laws"][WORKERS]["latency"]
    assert law["low"] < 0.95 * KNOWN[WORKERS].latency < KNOWN[WORKERS].latency < law["high"]


def test_efficiency_and_the_most_that_cores_give():
    record = scaling_of()
    point = of(record, REPLICAS, 2)
    whole = 2e-4 + 1e-4 + 64 * 5e-6 + exchange_seconds(KNOWN[REPLICAS], REPLICAS, 2, BYTES)
    assert point["seconds"]["value"] == pytest.approx(whole)
    assert point["efficiency"]["value"] == pytest.approx(ALONE / whole / 2)
    assert point["samples_per_second"] == pytest.approx(BATCH / whole)
    assert [of(record, REPLICAS, n)["ideal"] for n in (1, 2, 4)] == [1, 1, 0.5]
    weak = of(record, REPLICAS, 2, 2 * BATCH)
    assert weak["speedup"]["value"] == pytest.approx(2 * ALONE / weak["seconds"]["value"])
    assert record["control"]["holds"]


def test_a_slow_all_reduce_shows_as_communication_alone():
    more = 4e-3
    slow = KNOWN | {WORKERS: KNOWN[WORKERS]._replace(latency=1e-3 + more / 2)}
    point, before = of(scaling_of(slow), WORKERS, 2), of(scaling_of(), WORKERS, 2)
    assert point["exchange"]["value"] == pytest.approx(before["exchange"]["value"] + more)
    assert point["compute"]["value"] == pytest.approx(before["compute"]["value"])
    assert point["left"]["value"] == pytest.approx(0, abs=1e-9)


def test_what_parts_do_not_add_up_to_is_left():
    waits = of(scaling_of(slower=lambda arm: 1.5 if arm.part == "whole" else 1.0), WORKERS, 2)
    assert waits["left"]["value"] == pytest.approx(waits["seconds"]["value"] / 3)


def test_the_largest_number_is_held_out_and_predicted():
    law = scaling_of()["laws"][WORKERS]
    assert [each["n"] for each in law["held_out"]] == [3, 3]
    assert all(abs(each["residual"]) < 1e-6 for each in law["held_out"])
    assert scaling_of(workers=(2,))["laws"][WORKERS]["held_out"] == []
    said = scaling_of(slower=lambda arm: 1.2 if (arm.kind, arm.n) == (WORKERS, 3) else 1.0)
    assert any(abs(each["residual"]) > 0.05 for each in said["laws"][WORKERS]["held_out"])


def test_a_projection_is_marked_and_is_of_a_core_each():
    record = scaling_of()
    assert {each["word"] for each in record["projections"]} == {PROJECTION}
    eight = next(e for e in record["projections"]
                 if (e["kind"], e["n"], e["batch_size"]) == (WORKERS, 8, BATCH))  # fmt: skip
    step = 3e-4 + 16 * 5e-6 + 14 * (1e-3 + 1e-9 * BYTES / 8)
    assert eight["seconds"]["value"] == pytest.approx(step)
    assert eight["efficiency"]["value"] == pytest.approx(ALONE / step / 8)
    assert scaling_text(record).count(PROJECTION) == len(record["projections"])


def test_a_batch_with_fewer_samples_than_there_are_is_not_projected():
    sizes = {each["batch_size"] for each in scaling_of(project=[200])["projections"]}
    assert sizes == {200 * BATCH}


def test_another_network_is_projected_beside_this_one():
    record = scaling_of(network={"latency": 5e-6, "per_byte": 1e-10})
    given = [each for each in record["projections"] if each["by"] == GIVEN]
    assert len(given) == len(record["projections"]) / 2
    eight = next(e for e in given if (e["kind"], e["n"], e["batch_size"]) == (WORKERS, 8, BATCH))
    step = 3e-4 + 16 * 5e-6 + 14 * (5e-6 + 1e-10 * BYTES / 8)
    assert eight["seconds"]["value"] == pytest.approx(step)
    assert "given: 5.00 µs, 10.0 GB/s" in scaling_text(record)


def test_a_model_that_misses_a_step_projects_nothing():
    record = scaling_of(slower=lambda arm: 2.0 if arm.name == "3 workers, batch 128" else 1.0)
    law = record["laws"][WORKERS]
    assert (law["worst"], law["holds"]) == ("3 workers, batch 128", False)
    assert {each["kind"] for each in record["projections"]} == {REPLICAS}
    said = " ".join(scaling_lines(record))
    assert "lies +100 % from it, more than 25 %: it does not hold and projects nothing" in said


def test_too_little_is_no_model():
    stand, arms = stand_of(replicas=(), workers=())
    assert widest(stand, blocks_of(arms)) == 0
    record = scaling_of(replicas=(), workers=())
    assert (record["laws"], record["projections"]) == ({}, [])
    assert "nothing is projected" in scaling_text(record)


def test_a_copy_that_takes_longer_is_said():
    record = scaling_of(slower=lambda arm: 1.1 if arm.again else 1.0)
    assert not record["control"]["holds"]
    assert "NOT AT 1" in list(scaling_lines(record))[-1]
    assert "doubtful" in scaling_text(record)
    assert "doubtful" not in scaling_text(scaling_of())


def test_an_exchange_of_no_bytes_that_takes_time_is_latency_without_bandwidth():
    stand, arms = stand_of()
    flat = {arm.name: 1e-3 for arm in arms if arm.part == EXCHANGE}
    blocks = blocks_of(arms)
    for block in blocks:
        each = zip(block["order"], block["seconds"], strict=True)
        block["seconds"] = [3 * flat.get(arm, seconds / 3) for arm, seconds in each]
    record = summary({**stand, "margin": 10.0}, blocks)
    assert record["laws"][REPLICAS]["per_byte"]["value"] == 0
    assert "bandwidth any" in " ".join(scaling_lines(record))
