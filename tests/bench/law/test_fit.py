"""The law of overhead: coefficients that were planted come out again, and are told."""

import json

import numpy as np
import pytest

from bench.law import points as law_points
from bench.law.figure import make_figure
from bench.law.fit import crossover_of, fit, summary
from bench.law.points import BATCH, BATCH_SIZES, MATRIX, WIDTH, points_of
from bench.law.words import crossover_words, law_lines, law_table
from bench.render.svg import svg
from bench.specs import MODELS, default_config
from tests.bench.law.hand_made import CALL, FLOPS, LAWS, MICRO, blocks_of, law_of, stand_at


def test_planted_coefficients_come_out_and_what_a_call_takes_does_not_count():
    record = law_of()
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
        laws = law_of(noise=0.01, n=6, rng=rng)["laws"][BATCH]
        for engine, planted in LAWS.items():
            for key, value in zip(("fixed", "slope"), planted, strict=True):
                found = laws[engine][key]
                covered += found["low"] <= MICRO * value <= found["high"]
    assert covered >= 26  # of 32 intervals of 95 %; fewer would be one in a thousand


def test_the_same_blocks_give_the_same_digits():
    assert json.dumps(law_of(noise=0.02)) == json.dumps(law_of(noise=0.02))


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
    record = law_of({"raw step": (100, 1.0), "keras fit": keras})
    assert record["crossover"]["word"] == word
    assert said in crossover_words(record)
    json.dumps(record, allow_nan=False)


def test_a_crossover_that_noise_hides_stays_open_and_it_is_said_why():
    record = law_of({"raw step": (100, 1.0), "keras fit": (200, 1.03)}, noise=0.05, n=3)
    assert record["crossover"]["word"] == "open"
    assert "intervals are too wide" in crossover_words(record)


def test_a_law_that_is_no_straight_line_is_named():
    stands = [stand_at(BATCH, size) for size in BATCH_SIZES]
    blocks = []
    for stand in stands:
        slow = 2 if stand["batch_size"] == 256 else 1
        laws = {engine: (slow * a, slow * b) for engine, (a, b) in LAWS.items()}
        blocks += blocks_of(stand, 3, laws)
    record = summary(stands, blocks)
    law = record["laws"][BATCH]["raw step"]
    assert (law["straight"], law["worst"]) == (False, "batch 256")
    assert "not a straight line" in "\n".join(law_lines(record))


def test_what_was_not_timed_is_listed_with_its_reason():
    left_out = stand_at(BATCH, 4096) | {"arms": [], "not_measured": "not measured: about 3 s"}
    stands = [stand_at(BATCH, size) for size in BATCH_SIZES[:3]] + [left_out]
    record = summary(stands, [b for s in stands[:3] for b in blocks_of(s, 3)])
    assert "not measured: about 3 s" in law_table(record)
    assert record["width_words"] == law_points.NOTHING_TO_WIDEN
    assert svg(make_figure, record) == svg(make_figure, record)
    assert "no hidden layer" in law_table(record)
    assert len(make_figure(record).axes) == 1  # and no empty panel for what was not measured


def test_the_floor_is_the_best_of_the_matrix_product():
    matrix = {"model": "mlp", "task": "law", "point": MATRIX, "size": 2048, "flops": 4e9}
    matrix["arms"] = [{"arm": MATRIX, "steps": 1}]
    seconds = [[0.2, 0.1], [0.2, 0.2]]
    blocks = [{"point": MATRIX, "order": [MATRIX] * 2, "seconds": each} for each in seconds]
    floor = summary([matrix, stand_at(BATCH, 1)], blocks)["floor"]
    assert floor["best_gflops"] == pytest.approx(40)
    assert floor["mean_gflops"]["mean"] == pytest.approx((4 / 0.15 + 4 / 0.2) / 2)


def test_a_wider_model_is_the_same_model_with_wider_hidden_layers():
    assert default_config("mlp", width=4).spec.layers == "784-256-128-64-10"
    assert default_config("convnet", width=2).spec.filters == (64, 64, 32)
    assert default_config("mlp").spec == MODELS["mlp"]
    widths = [p.width for p in points_of(MODELS["convnet"]) if p.sweep == WIDTH]
    assert widths == [1, 2, 4]
    assert {p.sweep for p in points_of(MODELS["perceptron"])} == {BATCH}
