"""``gvk explain``: both codes beside each other, and numbers that were measured."""

import json

import numpy as np
import pytest

from bench import twins
from bench.explain.chapter import chapter
from bench.explain.concepts import concepts_of
from bench.explain.excerpts import source
from bench.explain.text import explanation
from bench.faults.words import listed
from bench.specs import MODELS, default_config

FAULT = {
    "model": "mlp", "fault": "sum for mean", "trained": True, "gradient_ratio": 128.0,
    "steps": 600, "n_test": 10_000, "healthy": {"accuracy": 0.971, "loss": 0.1},
    "faulty": {"accuracy": 0.098, "loss": 5.0},
}  # fmt: skip
TOLD = "the sum for the mean in the loss: gradients 128 times too large; test accuracy 97.10 % to"


@pytest.mark.parametrize("name", MODELS)
def test_both_codes_stand_in_the_chapter(name):
    text = chapter(MODELS[name], {})
    assert text.count("<table>") == text.count("</table>") == len(concepts_of(MODELS[name]))
    assert text.count("```") % 2 == 0
    assert "def categorical_cross_entropy_primitive" in text or "def binary_cross" in text
    assert f"`gvk explain {name} --run` plants it" in text


def _ops_of_a_step(spec):
    """Return the names of the operations that a training step of a hand-written model calls."""
    called = set()

    def noted(name, op):
        return lambda *given: called.add(name) or op(*given)

    config = default_config(spec.name)
    plain = twins.twins_of(spec.name).raw(spec, twins.initial_weights(config), "fused")
    model = plain.using(plain.kernels.each(noted))
    x, y = (np.ones((1, *n), np.float32) for n in (spec.input_shape, (spec.n_outputs,)))
    model.loss(y, model.forward(x, training=True)[0])
    return called


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.name)
def test_every_layer_and_every_operation_of_a_model_is_shown(spec):
    concepts = {concept.name: concept for concept in concepts_of(spec)}
    layers = source(concepts["forward pass"].keras[0])
    kernels = [n for n in twins.twins_of(spec.name).shapes(spec) if n.endswith("/kernel")]
    assert layers.count("layers.") == len(kernels) + ("Flatten" in layers)
    assert all(f'name="{name.split("/")[0]}"' in layers for name in kernels)
    rules = {e.symbol for e in concepts["gradient"].raw if e.file == "rawtf/backprop.py"}
    assert rules == _ops_of_a_step(spec) - {"flatten"}  # which moves no number
    shown = {e.symbol.removesuffix("_primitive") for e in concepts["activation"].raw}
    last = "sigmoid" if spec.is_binary else "softmax"
    assert shown == rules & {"sigmoid", "relu"} | {last}


def test_a_fault_that_was_run_is_told_with_its_numbers():
    text = chapter(MODELS["mlp"], {"sum for mean": FAULT})
    assert TOLD in text
    assert text.count("Without a fault: test accuracy 97.10 %, training loss 0.100 nats") == 1
    assert "Without a fault" not in chapter(MODELS["mlp"], {})


def test_a_concept_of_which_no_fault_can_happen_has_no_list_of_them():
    for name in ("perceptron", "mlp"):
        text = chapter(MODELS[name], {})
        concepts = concepts_of(MODELS[name])
        none = sum(not listed(concept.faults, MODELS[name], {}) for concept in concepts)
        assert text.count("What can go wrong") == len(concepts) - none
        assert (none > 0) is (name == "perceptron")


@pytest.mark.parametrize(("width", "beside"), [(80, False), (160, True)])
def test_the_terminal_sets_both_codes_beside_each_other_where_there_is_room(width, beside):
    lines = list(explanation(MODELS["mlp"], {"sum for mean": FAULT}, width))
    assert TOLD in " ".join(" ".join(lines).split())
    assert any(" | " in line and "def glorot_uniform" in line for line in lines) is beside
    if beside:
        assert max(map(len, lines)) <= width


def test_the_command_needs_no_records(gvk, tmp_path):
    code, out, err = gvk("explain", "perceptron", "--json", tmp_path / "found.json")
    assert code == 0, err
    assert "== loss: Keras" in out
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["schema"] == 1
    assert found["verb"] == "explain"
    (model,) = found["models"]
    assert model["raw"]["lines"] > model["keras"]["lines"]
    concept = next(c for c in model["concepts"] if c["name"] == "loss")
    assert concept["faults"] == {"sum for mean": None, "probabilities as logits": None}
    assert "def mean" in concept["raw"]["code"][1]["source"]


@pytest.mark.full
def test_what_is_run_is_stored_reported_and_told(gvk, tmp_path, one_process):
    options = ("--dataset", "digits", "--limit", "256", "--reports", tmp_path / "r")
    code, out, err = gvk("explain", "perceptron", "--run", "--steps", "3", *options)
    assert code == 0, err
    assert "graphs: Keras has" in out
    assert "fused kernels 0 ULP" in out
    assert "wrong: the sum for the mean in the loss: gradients" in out
    page = (tmp_path / "r" / "digits" / "model-perceptron.md").read_text()
    assert "gradients 128 times too large" in page
    assert "## The two graphs" in page
    assert "](ulp-perceptron.svg)" in page
    code, out, _ = gvk("explain", "perceptron", "--reports", tmp_path / "r")
    assert "gradients 128 times too large" in " ".join(out.split())
    assert gvk("verify", "--reports", tmp_path / "r")[0] == 0


def test_bad_options(gvk):
    code, _, err = gvk("explain", "nowhere")
    assert (code, err.count("\n")) == (2, 1)
    for unused in (("--steps", "3"), ("--seed", "1"), ("--resume",), ("--limit", "100")):
        code, _, err = gvk("explain", "mlp", *unused)
        assert code == 2
        assert f"{unused[0]} is of what --run runs" in err
