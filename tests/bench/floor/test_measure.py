"""``gvk floor``: shares from blocks, and the verb from the proof to the page."""

import pytest

from bench.floor import measure as floor
from bench.floor import summary as floor_summary
from bench.floor.arms import ALL, CONTROL, ENGINE_ARMS, GATHERED, LARGE, PRODUCTS
from bench.floor.words import floor_lines, floor_text
from bench.records.reading import read
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.report.verify import verify
from bench.specs import default_config
from bench.stats.intervals import palindrome

SPEEDS = dict.fromkeys(ALL, 1e-3) | {PRODUCTS: 4e-4, GATHERED: 5e-4, "raw epoch": 8e-4}
SPEEDS |= {CONTROL: 8e-4, LARGE: 0.1}
PRODUCT = {"name": "MatMul 2x3 by 3x4", "flops": 4_000_000, "library": "NumPy",
           "seconds": {"NumPy": 4e-4, "XLA": 5e-4}}  # fmt: skip


def _record(speeds, jitter=1e-3):
    stand = {
        "model": "mlp", "way": "NumPy", "ways": {"NumPy": 4e-4}, "config": {},
        "precision": "quick", "method": METHOD,
        "arms": [{"arm": arm} for arm in ALL],
        "products": [PRODUCT, PRODUCT | {"flops": 0}, PRODUCT | {"flops": 2_000_000_000}],
    }  # fmt: skip
    blocks = []  # of each arm every shift once, so that none is faster by it
    for number in range(8):
        order = palindrome(list(ALL), 0, number)
        more = {
            arm: 1 + jitter * ((3 * number + 5 * place) % 8 - 3.5) for place, arm in enumerate(ALL)
        }
        seconds = [3 * speeds[arm] * more[arm] for arm in order]
        blocks.append(
            {"block": number, "order": order, "seconds": seconds, "steps": [3] * len(order)}
        )
    return floor_summary.summary(stand, blocks)


def test_a_share_is_the_time_of_the_products_over_that_of_the_engine():
    record = _record(SPEEDS)
    shares = {each["arm"]: each["share"]["ratio"] for each in record["engines"]}
    assert shares["raw epoch"] == pytest.approx(0.5, abs=0.01)
    assert shares["keras fit"] == pytest.approx(0.4, abs=0.01)
    assert record["engines"][0]["with_gather"]["ratio"] == pytest.approx(0.625, abs=0.01)
    assert record["flops"] == 4_000_000  # of a step: neither the gather's nor the large product's
    assert record["gflops"][PRODUCTS] == pytest.approx(10, rel=0.01)
    assert record["gflops"][LARGE] == pytest.approx(20, rel=0.01)
    assert record["control"]["holds"]


def test_a_control_that_fails_is_said():
    record = _record(SPEEDS | {CONTROL: 9e-4})
    assert not record["control"]["holds"]
    assert "NOT AT 1" in list(floor_lines(record))[-1]
    assert "doubtful" in floor_text(record)
    assert "doubtful" not in floor_text(_record(SPEEDS))


ARGUMENTS = ("floor", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")


def test_the_verb_proves_times_stores_and_shows(gvk, hasty, one_process, monkeypatch, tmp_path):
    monkeypatch.setattr("bench.floor.stand.LARGE_SIZE", 64)
    monkeypatch.setattr("bench.floor.stand.LEAST_STEPS", 3)  # XLA compiles for each number of them
    code, out, err = gvk(*ARGUMENTS)
    assert code in (0, 3), err  # whether two blocks find a copy alike is up to the machine
    assert "floor      perceptron raw epoch: " in out
    folder = tmp_path / "reports" / "digits"
    records = read(folder)
    proofs = [record for record in records if record["kind"] == "parity"]
    of_raw = [engine for impl, engine, _ in ENGINE_ARMS.values() if impl == "raw"]
    assert len(proofs) == len(of_raw)
    assert all(proof["holds"] for proof in proofs)
    assert "## The floor" in (folder / "model-perceptron.md").read_text()
    assert verify(folder).faults == ()
    assert verify(folder).summaries == 1
    lines = out.splitlines()
    monkeypatch.setattr(floor, "take_blocks", None)  # nothing is timed again
    assert gvk(*ARGUMENTS, "--resume")[:2] == (code, "\n".join(lines) + "\n")


def test_an_engine_that_is_not_equal_is_not_timed(monkeypatch, tmp_path):
    from bench.proof.lockstep import Parity

    wrong = Parity(default_config("perceptron"), "0 ULP", (), 1, 1, ())  # nothing compared
    monkeypatch.setattr(floor, "proved", lambda *_: [wrong])
    store, said = Store(tmp_path / "r"), []
    store.start()
    assert floor.measure(store, "perceptron", floor.FloorPlan(), said.append) == 1
    assert [record["kind"] for record in read(tmp_path / "r")] == ["run"]
    assert said[0].startswith("floor      perceptron raw step: DIFF")
