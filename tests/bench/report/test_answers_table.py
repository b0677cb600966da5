"""The answers at the end of a bench, from records."""

import pytest

from bench.report.answers_table import COLUMNS, answers, learned
from tests.bench.report.stored import accuracy, bench, parity, parted, throughput, whole

NAMES = ("equal", "accuracy", "layers", "fit", "do", "report")


def cells(folder, records, model="mlp"):
    bench(folder, records)
    row = answers(folder, [model])[model]
    return {name: " ".join(cell) for name, cell in zip(NAMES, row, strict=True)}


def test_a_model_has_its_answers_and_the_path_of_its_page(tmp_path):
    row = cells(tmp_path / "mnist", whole())
    assert row["equal"] == "0 ULP, 1,290 steps"
    assert row["accuracy"] == "97.10 %, 97.10 % sgd, 1,290 steps"
    assert row["report"] == f"{tmp_path / 'mnist'}/ model-mlp.md"
    assert len(row) == len(COLUMNS) - 1


def test_the_accuracy_names_the_optimizer_that_trained(tmp_path):
    trained = accuracy("mlp", "glorot-uniform", 0.91)
    trained["config"] |= {"optimizer": "adam"}
    row = cells(tmp_path / "m", [("parity", parity("mlp")), ("accuracy", trained)])
    assert row["accuracy"] == "91.00 %, 91.00 % adam, 1,290 steps"
    assert row["do"] == "not timed"


def test_twins_that_part_say_where_and_have_no_price(tmp_path):
    records = [("parity", parted("mlp")), ("throughput", throughput("mlp"))]
    row = cells(tmp_path / "m", records)
    assert row["equal"] == "NOT EQUAL raw step: gradient dense_1/kernel"
    assert (row["layers"], row["fit"], row["do"]) == ("n/a", "n/a", "not timed")


def test_the_prices_stand_beside_what_follows(tmp_path):
    timed = throughput("mlp")
    arm = next(arm for arm in timed["arms"] if arm["arm"] == "keras fit")
    own = arm | {"arm": "keras own_loop", "seconds": [0.89, 0.90, 0.87]}
    timed["arms"].append(own)
    timed["ratios"].append(
        {"arm": "keras own_loop", "ratio": 1.92, "low": 1.9, "high": 1.94, "blocks": 3}
    )
    row = cells(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert row["layers"].startswith("1.01 (")
    assert row["fit"].startswith("1.92 (")
    assert row["do"] == "keep the layers, in own_loop"


@pytest.mark.parametrize(("right", "said"), [(91, True), (15, False), (10, False)])
def test_no_better_than_guessing_is_said(right, said, tmp_path):
    """Of ten classes, as many of each, one in ten is right by chance."""
    matrix = [[0] * 10 for _ in range(10)]
    for number in range(10):
        matrix[number][number] = right // 10 + (number < right % 10)
        matrix[number][(number + 1) % 10] += 10 - matrix[number][number]
    outcomes = {"confusion": {"raw": matrix, "keras": matrix}}
    trained = accuracy("mlp", "glorot-uniform", right / 100, outcomes=outcomes)
    assert learned(trained) == said
    trained["outcomes"] |= {"mistakes": [], "kernel": None, "classes": list("0123456789")}
    row = cells(tmp_path / "m", [("parity", parity("mlp")), ("accuracy", trained)])
    assert ("no better than guessing" in row["accuracy"]) != said
