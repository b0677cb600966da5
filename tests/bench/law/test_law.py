"""The law of overhead: coefficients that were planted come out again, and a killed run goes on."""

import json

import numpy as np
import pytest

from bench.law import fit as law_fit
from bench.law import points as law_points
from bench.law.figure import make_figure
from bench.law.fit import crossover_of, fit, summary
from bench.law.points import BATCH, BATCH_SIZES, MATRIX, SHORT, WIDTH, points_of
from bench.law.words import crossover_words, law_lines, law_table
from bench.records.reading import FILE_NAME, read
from bench.render.svg import svg
from bench.specs import MODELS, default_config
from bench.stats.intervals import palindrome

MICRO = 1e-6
LAWS = {"raw step": (100, 1.0), "keras fit": (400, 1.01)}  # us a step, us a sample
CALL = {"raw step": 50, "keras fit": 40_000}  # us, taken once
STEPS, FLOPS = 100, 1000


def _stand(sweep, batch_size, width=1, laws=LAWS):
    name = f"{sweep} {batch_size if sweep == BATCH else width}"
    arms = []
    for engine in laws:
        facts = {"impl": engine.split()[0], "engine": engine, "proved": "0 ULP"}
        arms += [{"arm": engine, "steps": STEPS, "one_step": engine + SHORT, **facts}]
        arms += [{"arm": engine + SHORT, "steps": 1, **facts}]
    head = {"model": "mlp", "task": "law", "point": name, "sweep": sweep, "config": {}}
    flops = FLOPS * batch_size * width
    return {**head, "batch_size": batch_size, "width": width, "flops": flops, "arms": arms}


def _blocks(stand, n, laws=LAWS, noise=0.0, rng=None):
    rng = rng or np.random.default_rng(0)
    blocks = []
    for number in range(n):
        order = palindrome([arm["arm"] for arm in stand["arms"]], 0, number)
        steps = {arm["arm"]: arm["steps"] for arm in stand["arms"]}
        seconds = []
        for arm in order:
            engine = arm.removesuffix(SHORT)
            fixed, slope = laws[engine]
            step = fixed + slope * stand["batch_size"] * stand["width"]
            # a share of each time: what the weights of the fit suppose
            exact = MICRO * (CALL[engine] + steps[arm] * step)
            seconds.append(exact * (1 + noise * rng.standard_normal()))
        blocks.append({"point": stand["point"], "order": order, "seconds": seconds})
    return blocks


def _summary(laws=LAWS, noise=0.0, n=4, rng=None):
    stands = [_stand(BATCH, size, laws=laws) for size in BATCH_SIZES]
    stands += [_stand(WIDTH, 128, width, laws) for width in (1, 2, 4)]
    blocks = [block for stand in stands for block in _blocks(stand, n, laws, noise, rng)]
    return summary(stands, blocks)


def test_planted_coefficients_come_out_and_what_a_call_takes_does_not_count():
    record = _summary()
    for engine, (fixed, slope) in LAWS.items():
        law = record["laws"][BATCH][engine]
        assert law["fixed"]["value"] == pytest.approx(MICRO * fixed)
        assert law["slope"]["value"] == pytest.approx(MICRO * slope)
        assert law["straight"]
        over_width = record["laws"][WIDTH][engine]["slope"]["value"]
        assert over_width == pytest.approx(MICRO * slope * 1e6 / FLOPS)
    call = record["points"][0]["engines"]["keras fit"]["call"]
    assert call == pytest.approx(MICRO * (CALL["keras fit"] + 401.01))


@pytest.mark.full
def test_the_intervals_cover_what_was_planted():
    rng, runs, covered = np.random.default_rng(1), 8, 0
    for _ in range(runs):
        laws = _summary(noise=0.01, n=6, rng=rng)["laws"][BATCH]
        for engine, planted in LAWS.items():
            for key, value in zip(("fixed", "slope"), planted, strict=True):
                found = laws[engine][key]
                covered += found["low"] <= MICRO * value <= found["high"]
    assert covered >= 26  # of 32 intervals of 95 %; fewer would be one in a thousand


def test_the_same_blocks_give_the_same_digits():
    assert json.dumps(_summary(noise=0.02)) == json.dumps(_summary(noise=0.02))


def test_a_cost_is_never_below_zero():
    x = np.array([1.0, 4.0, 16.0, 64.0])
    fixed, slope = fit(x, np.array([1.0, 4.2, 17.0, 70.0]))
    assert fixed == 0
    assert slope > 0
    fixed, slope = fit(x, np.array([4.0, 3.0, 2.0, 1.0]))
    assert slope == 0
    assert fixed > 0


def test_the_crossover_by_hand():
    # 400 + 1.01 b = 1.05 (100 + b)  =>  b = 295 / 0.04
    assert crossover_of((100, 1.0), (400, 1.01)) == pytest.approx(7375)
    assert crossover_of((100, 1.0), (405, 1.0)) == pytest.approx(6000)
    assert crossover_of((100, 1.0), (104, 1.0)) == 1  # always
    assert crossover_of((100, 1.0), (400, 1.0), threshold=0.5) == pytest.approx(500)
    assert crossover_of((100, 1.0), (400, 1.06)) == float("inf")  # the slopes forbid it
    assert crossover_of((100, 1.0), (100, 1.06)) == float("inf")  # below 5 % at first, not at last


@pytest.mark.parametrize(
    ("keras", "word", "said"),
    [
        ((200, 1.0), "from", "from batch 1,900 on"),
        ((90, 1.0), "always", "at every batch size"),
        ((400, 1.2), "never", "at no batch size: not within 1 to 4096"),
        ((400, 1.01), "never", "not within 1 to 4096"),  # at 7,375
    ],
)
def test_the_crossover_in_a_word(keras, word, said):
    record = _summary({"raw step": (100, 1.0), "keras fit": keras})
    assert record["crossover"]["word"] == word
    assert said in crossover_words(record)
    json.dumps(record, allow_nan=False)


def test_a_crossover_that_noise_hides_stays_open_and_it_is_said_why():
    record = _summary({"raw step": (100, 1.0), "keras fit": (200, 1.03)}, noise=0.05, n=3)
    assert record["crossover"]["word"] == "open"
    assert "intervals are too wide" in crossover_words(record)


def test_a_law_that_is_no_straight_line_is_named():
    stands = [_stand(BATCH, size) for size in BATCH_SIZES]
    blocks = []
    for stand in stands:
        slow = 2 if stand["batch_size"] == 256 else 1
        laws = {engine: (slow * a, slow * b) for engine, (a, b) in LAWS.items()}
        blocks += _blocks(stand, 3, laws)
    record = summary(stands, blocks)
    law = record["laws"][BATCH]["raw step"]
    assert (law["straight"], law["worst"]) == (False, "batch 256")
    assert "not a straight line" in "\n".join(law_lines(record))


def test_what_was_not_timed_is_listed_with_its_reason():
    left_out = _stand(BATCH, 4096) | {"arms": [], "not_measured": "not measured: about 3 s"}
    stands = [_stand(BATCH, size) for size in BATCH_SIZES[:3]] + [left_out]
    record = summary(stands, [b for s in stands[:3] for b in _blocks(s, 3)])
    assert "not measured: about 3 s" in law_table(record)
    assert record["width_words"] == law_points.NOTHING_TO_WIDEN
    assert svg(make_figure, record) == svg(make_figure, record)
    assert b"no hidden layer" in svg(make_figure, record)


def test_the_floor_is_the_best_of_the_matrix_product():
    matrix = {"model": "mlp", "task": "law", "point": MATRIX, "size": 2048, "flops": 4e9}
    matrix["arms"] = [{"arm": MATRIX, "steps": 1}]
    seconds = [[0.2, 0.1], [0.2, 0.2]]
    blocks = [{"point": MATRIX, "order": [MATRIX] * 2, "seconds": each} for each in seconds]
    floor = summary([matrix, _stand(BATCH, 1)], blocks)["floor"]
    assert floor["best_gflops"] == pytest.approx(40)
    assert floor["mean_gflops"]["mean"] == pytest.approx((4 / 0.15 + 4 / 0.2) / 2)


def test_a_wider_model_is_the_same_model_with_wider_hidden_layers():
    assert default_config("mlp", width=4).spec.layers == "784-256-128-64-10"
    assert default_config("convnet", width=2).spec.filters == (64, 64, 32)
    assert default_config("mlp").spec == MODELS["mlp"]
    widths = [p.width for p in points_of(MODELS["convnet"]) if p.sweep == WIDTH]
    assert widths == [1, 2, 4]
    assert {p.sweep for p in points_of(MODELS["perceptron"])} == {BATCH}


@pytest.fixture
def short_sweep(monkeypatch, hasty, one_process):
    from bench.law import measure as law
    from bench.law import stand as law_arms

    monkeypatch.setattr(law_points, "BATCH_SIZES", (2, 32))
    monkeypatch.setattr(law_arms, "SAMPLES", 256)
    monkeypatch.setattr(law, "MATRIX_SIZE", 64)


def test_the_command_fits_a_law_and_stores_it(gvk, short_sweep, monkeypatch, tmp_path):
    """Of one engine of either side; all of them stand in the test below."""
    monkeypatch.setattr("bench.law.proof.WALKS", (("fit", ("step",)),))
    for module in ("points", "measure"):
        monkeypatch.setattr(f"bench.law.{module}.TIMED", (("raw", "step"), ("keras", "fit")))
    code, out, err = gvk(
        "law", "perceptron", *["--dataset", "digits", "--limit", "300", "--blocks", "2"]
    )
    assert code in (0, 3), err  # whether two blocks find the crossover is up to the machine
    assert "law perceptron keras fit: " in out
    records = read(tmp_path / "reports" / "digits")
    proofs = [record for record in records if record["kind"] == "parity"]
    assert [proof["holds"] for proof in proofs] == [True, True]  # at two batch sizes
    _works_out_again(records)


@pytest.mark.full
def test_the_command_measures_stores_and_goes_on_after_a_kill(gvk, short_sweep, tmp_path):
    command = ("law", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")
    command += ("--margin", "30%")
    code, out, err = gvk(*command)
    assert code in (0, 3), err
    assert "law perceptron keras fit: " in out
    assert "30 %" in out
    assert law_points.NOTHING_TO_WIDEN in out
    folder = tmp_path / "reports" / "digits"
    records = read(folder)
    kinds = [record["kind"] for record in records]
    assert (kinds.count("block"), kinds.count("stand"), kinds.count("law")) == (6, 3, 1)
    assert kinds.count("parity") == 8  # at both batch sizes three raw engines, and one more walk
    assert all(record["holds"] for record in records if record["kind"] == "parity")
    last = max(n for n, kind in enumerate(kinds) if kind == "block")
    lines = (folder / FILE_NAME).read_bytes().splitlines(keepends=True)
    (folder / FILE_NAME).write_bytes(b"".join(lines[:last]))  # as a kill would leave it
    code, _, err = gvk(*command, "--resume")
    assert code in (0, 3), err
    after = read(folder)
    assert len({record["run"] for record in after}) == 1
    assert [r["kind"] for r in after if r["kind"] != "resume"] == kinds
    assert after[:last] == records[:last]
    _works_out_again(after)
    assert {record["threshold"] for record in after if record["kind"] == "law"} == {0.3}


def _works_out_again(records):
    from bench.records.reading import plain

    (law,) = [record for record in records if record["kind"] == "law"]
    stands, blocks = ([r for r in records if r["kind"] == kind] for kind in ("stand", "block"))
    again = plain(law_fit.summary(stands, blocks))
    assert {key: law[key] for key in again} == again


def test_a_point_that_is_not_equal_is_not_timed(gvk, short_sweep, monkeypatch, tmp_path):
    from bench.law import measure as law
    from bench.proof.lockstep import Parity

    def unequal(store, exact, config, dataset, limit):
        return [Parity(config, "0 ULP", (), 1, 1, ())]

    monkeypatch.setattr(law, "prove_point", unequal)
    command = ("law", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")
    code, out, _ = gvk(*command)
    assert code == 1
    assert "not proved equal" in out
    blocks = [r for r in read(tmp_path / "reports" / "digits") if r["kind"] == "block"]
    assert {block["point"] for block in blocks} == {MATRIX}
