"""What an operation is for is found by what it leads to."""

import pytest

from bench.anatomy.graph_report import added, differences_table, graphs_text, words_tables
from bench.anatomy.graph_words import PURPOSES, phrase
from bench.anatomy.roles import Node, counts, edges, roles
from tests.bench.report.stored import rows

# x -> product -> loss -> tape -> new -> write, beside it a tracker that reads the loss
NODES = [
    Node("x", "Placeholder", ()),
    Node("w", "Placeholder", ()),
    Node("total", "Placeholder", ()),
    Node("read", "ReadVariableOp", ("w",)),
    Node("product", "MatMul", ("x", "read")),
    Node("compile_loss/square", "Square", ("product",)),
    Node("mean", "Mean", ("compile_loss/square", "axes")),
    Node("axes", "Const", ()),
    Node("gradient_tape/back", "Mul", ("mean", "product")),
    Node("rate", "Const", ()),
    Node("step", "Mul", ("gradient_tape/back", "rate")),
    Node("through", "Identity", ("w",)),
    Node("write", "AssignSubVariableOp", ("through", "step")),
    Node("sum", "AddV2", ("mean", "old")),
    Node("old", "ReadVariableOp", ("total",)),
    Node("keep", "AssignVariableOp", ("total", "sum")),
    Node("shown", "Identity", ("sum",)),
    Node("wait", "NoOp", ()),
]
VARIABLES = {"w": "update", "total": "loss tracker"}


def test_each_operation_has_the_purpose_that_it_leads_to():
    found = roles(NODES, VARIABLES)
    assert {name: found[name] for name in ("x", "w", "total")} == dict.fromkeys(
        ("x", "w", "total"), "data"
    )
    assert found["read"] == found["product"] == "forward"
    assert found["compile_loss/square"] == found["mean"] == found["axes"] == "loss"
    assert found["gradient_tape/back"] == "gradient"
    assert {found[n] for n in ("step", "rate", "write", "through")} == {"update"}
    assert found["sum"] == found["old"] == found["keep"] == "loss tracker"
    assert found["shown"] == "logs"
    assert found["wait"] == "output"


def test_counts_and_edges_are_of_purposes():
    found = roles(NODES, VARIABLES)
    assert counts(NODES, found)["loss tracker"] == {
        "AddV2": 1,
        "AssignVariableOp": 1,
        "ReadVariableOp": 1,
    }
    assert ["forward", "loss"] in edges(NODES, found)
    assert ["gradient", "update"] in edges(NODES, found)
    assert all(a != b for a, b in edges(NODES, found))


@pytest.fixture(scope="module")
def record():
    from bench.anatomy.trace import graphs_record

    return graphs_record("mlp-dropout")


@pytest.mark.full
def test_both_sides_train_alike_and_keras_adds_its_bookkeeping(record):
    raw, keras = (record["sides"][s]["optimized"]["operations"] for s in ("raw", "keras"))
    for side in (raw, keras):
        assert side["forward"]["MatMul"] == 4
        assert side["gradient"]["MatMul"] == 7  # the first layer's input wants no gradient
        assert side["random state"]["AssignVariableOp"] == 3
    assert raw["update"]["AssignVariableOp"] == keras["update"]["AssignSubVariableOp"] == 8
    assert {"loss tracker", "step counter", "logs"} <= keras.keys() - raw.keys()
    assert added(record) > 0


@pytest.mark.full
def test_every_operation_that_keras_adds_is_explained(record):
    sides = [record["sides"][s]["optimized"]["operations"] for s in ("raw", "keras")]
    raw, keras = sides
    for role, operations in keras.items():
        for operation, number in operations.items():
            if number > raw.get(role, {}).get(operation, 0):
                assert phrase(role, operation), f"{operation} ({role}) is not explained"
    assert set(keras) <= PURPOSES.keys()


@pytest.mark.full
def test_the_tables_hold_the_records_numbers(record):
    text = graphs_text(record)
    total = sum(
        n for ops in record["sides"]["keras"]["traced"]["operations"].values() for n in ops.values()
    )
    all_row = next(line for line in text.splitlines() if line.startswith("| all "))
    assert f"{total:,}" in all_row
    assert "IteratorGetNext" in differences_table(record)


def _record(raw, keras):
    sides = {"raw": raw, "keras": keras}
    return {"sides": {side: {"optimized": {"operations": ops}} for side, ops in sides.items()}}


def test_what_one_side_has_more_of_is_listed_by_part_and_told_once_for_all_models():
    keras = {"forward": {"MatMul": 4, "Cast": 2}, "logs": {"Identity": 1200}}
    one = _record({"forward": {"MatMul": 4}, "update": {"Sub": 8}}, keras)
    other = _record({"update": {"Sub": 2}}, {"forward": {"Identity": 1}})
    cells = [row for row in rows(differences_table(one)) if row[0] in PURPOSES]
    assert cells == [
        ["forward", "", "2 Cast"],
        ["update", "8 Sub", ""],
        ["logs", "", "1,200 Identity"],
    ]
    told = rows(words_tables([one, other]))
    assert ["forward", PURPOSES["forward"]] in told
    assert ["Identity", "forward, logs", phrase("logs", "Identity")] in told
    assert ["Sub", "update", phrase("update", "Sub")] in told
    assert not [row for row in told if row[0] == "MatMul"]
