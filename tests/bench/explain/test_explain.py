"""``gvk explain``: both codes, what ran and what did not, and numbers that were measured."""

import json
import re

import numpy as np
import pytest

from bench import twins
from bench.explain.chapter import chapter, faults_text, shared_chapter, summary
from bench.explain.concept import SOURCES
from bench.explain.concepts import concepts_of, totals
from bench.explain.excerpts import source
from bench.explain.form import Form
from bench.explain.text import explanation
from bench.faults.words import listed
from bench.specs import MODELS, default_config
from tests.bench.report.stored import rows

PAGES = list(MODELS)

FAULT = {
    "model": "mlp", "fault": "sum for mean", "trained": True, "gradient_ratio": 128.0,
    "steps": 600, "n_test": 10_000, "healthy": {"accuracy": 0.971, "loss": 0.1},
    "faulty": {"accuracy": 0.098, "loss": 5.0},
}  # fmt: skip
TOLD = "the sum for the mean in the loss: gradients 128 times too large; test accuracy 97.10 % to"


def page_of(name, before=()):
    """Return the chapter of a model that stands after the pages of some others."""
    forms = dict.fromkeys((*before, name), Form())
    return chapter(MODELS[name], forms, lambda page: f"{page or 'shared'}.md", "So far it drifts.")


def open_part(text):
    """Return a page without what is folded away."""
    return re.sub("<details>.*?</details>", "", text, flags=re.S)


@pytest.mark.parametrize("name", MODELS)
def test_both_codes_stand_in_the_chapter(name):
    text = page_of(name)
    assert text.count("In Keras:") == text.count("By hand:") == text.count("\n### ")
    assert text.count("```") % 2 == 0
    assert "keras_impl/" in text
    assert "def forward" in text
    assert "| ---" not in open_part(text).split("### ", maxsplit=1)[1]  # no code in a table's cell
    assert "<table>" not in text


@pytest.mark.parametrize("name", MODELS)
def test_what_did_not_run_is_folded_away_and_says_so(name):
    for text in (page_of(name), shared_chapter({}, "So far it drifts.")):
        assert "_primitive" not in open_part(text)
        assert "backward_by_hand" not in open_part(text)
        folds = re.findall("<details>.*?</details>", text, flags=re.S)
        assert folds
        assert all("did not run" in fold and "So far it drifts." in fold for fold in folds)


def test_a_page_has_what_the_pages_before_it_have_not():
    titles = {n: re.findall("^### (.*)$", page_of(n, PAGES[: PAGES.index(n)]), re.M) for n in PAGES}
    assert titles == {
        "perceptron": ["Forward pass", "Activation"],
        "mlp": ["Forward pass", "Activation"],
        "mlp-dropout": ["Forward pass", "Dropout's random state"],
        "convnet": ["Forward pass", "Convolution and pooling", "Activation"],
        "convnet-dropout": ["Forward pass"],
        "convnet-batchnorm": ["Forward pass", "Batch norm's two modes"],
        "convnet-full": ["Forward pass"],
    }
    assert "[mlp-dropout](mlp-dropout.md#dropouts-random-state)" in page_of("convnet-full", PAGES)
    assert "Dropout's random state" in page_of("convnet-full")  # where no page before it has it


def test_every_function_stands_on_one_page_of_a_report():
    texts = [open_part(shared_chapter(dict.fromkeys(PAGES, Form()), ""))]
    texts += [open_part(page_of(name, PAGES)) for name in PAGES]
    shown = [
        line for text in texts for line in re.findall(r"^# (rawtf/[\w/]+\.py: [\w.]+)$", text, re.M)
    ]
    assert sorted(shown) == sorted(set(shown))
    every = {e.place for spec in MODELS.values() for c in concepts_of(spec) for e in c.raw}
    assert set(shown) == {place for place in every if place.startswith("rawtf/")}


def test_the_counts_are_those_of_what_is_shown():
    for name in MODELS:
        cells = {row[0]: row[1:5] for row in rows(page_of(name))[2:]}
        together = [int(n) for n in cells.pop("together")]
        keras, raw = totals(concepts_of(MODELS[name]))
        assert together == [keras.lines, keras.calls, raw.lines, raw.calls]
        assert together[2] <= sum(int(row[2]) for row in cells.values())  # some are counted twice
    assert f"{keras.lines} lines with {keras.calls} calls in Keras" in summary(
        concepts_of(MODELS[name])
    )


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
    whole = source(SOURCES[spec.name].keras())
    assert layers.count("layers.") == whole.count("layers.") >= len(kernels)
    assert all(f'name="{name.split("/")[0]}"' in layers for name in kernels)
    rules = {e.symbol for e in concepts["gradient"].written_out if e.file == "rawtf/backprop.py"}
    rules -= {"_patches_back"}
    assert rules == _ops_of_a_step(spec) - {"flatten"}  # which moves no number
    shown = {e.symbol for e in concepts["activation"].raw}
    assert {f"{name}_primitive" for name in shown} == {
        e.symbol for e in concepts["activation"].written_out
    }
    last = "sigmoid" if spec.is_binary else "softmax"
    assert shown == rules & {"sigmoid", "relu"} | {last}


def test_a_fault_that_was_run_is_told_with_its_numbers():
    text = faults_text(MODELS["mlp"], {"sum for mean": FAULT})
    assert TOLD in text
    assert "`gvk explain mlp --run` plants it" in text  # of the others
    assert text.count("Without a fault: test accuracy 97.10 %, training loss 0.100 nats") == 1
    assert text.count("after 600 steps") == 1  # the training is told once
    assert "Without a fault" not in faults_text(MODELS["mlp"], {})


def test_a_training_of_its_own_is_told_with_a_fault():
    other = {**FAULT, "fault": "uphill", "steps": 50}
    text = faults_text(MODELS["mlp"], {"sum for mean": FAULT, "uphill": other})
    assert "a plus for the minus" in text
    assert text.count("after 50 steps") == text.count("after 600 steps") == 1


def test_a_fault_that_can_do_nothing_is_not_in_the_list():
    for name in ("perceptron", "mlp"):
        spec = MODELS[name]
        named = [fault for concept in concepts_of(spec) for fault in concept.faults]
        n_listed = len(re.findall("^- ", faults_text(spec, {}), re.M))
        assert n_listed == len(listed(named, spec, {}))
        assert (n_listed < len(named)) is (name == "perceptron")


@pytest.mark.parametrize(("width", "beside"), [(80, False), (160, True)])
def test_the_terminal_sets_both_codes_beside_each_other_where_there_is_room(width, beside):
    lines = list(explanation(MODELS["mlp"], {"sum for mean": FAULT}, width))
    assert TOLD in " ".join(" ".join(lines).split())
    assert any(" | " in line and "def glorot_uniform" in line for line in lines) is beside
    written_out = lines.index(
        "-- written out; runs with gvk parity mlp --kernels primitive --gradients manual"
    )
    assert not any("_primitive" in line for line in lines[:written_out])
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
    assert "_primitive" in concept["written_out"]["code"][0]["source"]


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
