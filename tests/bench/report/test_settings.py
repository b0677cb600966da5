"""Dials, data and machine: what is the same stands once, what differs says of what."""

from bench.records.reading import ModelRecords
from bench.report.settings import facts_tables, settings_table
from tests.bench.report.stored import parity, rows


def models(**seeds: int) -> dict[str, ModelRecords]:
    of = {}
    for model, seed in seeds.items():
        record = parity(model)
        record["config"]["seed"] = seed
        of[model] = ModelRecords({}, [record], [], {})
    return of


def test_dials_that_all_models_share_are_said_once() -> None:
    text = settings_table(models(mlp=0, perceptron=1))
    assert "For every model: engine step; keras_engine fit; kernels fused" in text
    assert rows(text) == [rows(text)[0], rows(text)[1], ["seed", "0", "1"]]


def test_the_dials_of_a_single_model_are_a_table() -> None:
    text = settings_table(models(mlp=0))
    assert "For every model" not in text
    assert ["engine", "step"] in rows(text)


def test_facts_that_differ_between_runs_are_a_table_of_their_own() -> None:
    runs = {
        "mlp": {"environment": {"python": "3.11", "cpu": "A"}},
        "law mlp": {"environment": {"python": "3.11", "cpu": "B"}},
        "law perceptron": {"environment": {"python": "3.11", "cpu": "B"}},
    }
    head, _, alike, others, _, one, two = rows(facts_tables(runs, "environment"))
    assert head == ["What", "Value"]
    assert alike == ["python", "3.11"]
    assert others == ["cpu", "Of"]
    assert one == ["A", "mlp"]
    assert two == ["B", "law: mlp, perceptron"]


def test_a_fact_that_a_run_lacks_differs() -> None:
    runs = {"mlp": {"environment": {"scipy": "1"}}, "perceptron": {"environment": {}}}
    assert ["not known", "perceptron"] in rows(facts_tables(runs, "environment"))
