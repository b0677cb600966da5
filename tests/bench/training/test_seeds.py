"""Equal accuracy over seeds: what is shared, what is drawn apart, and the verdict's exit code."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from bench import twins
from bench.data.for_model import dataset_for
from bench.proof.lockstep import CheckedPair, check
from bench.specs import default_config
from bench.training import seeds
from bench.training.seeds import SeedRun, conclude, train_seeds

SMALL = ("--dataset", "digits", "--limit", 130, "--epochs", 1)


@pytest.fixture(scope="module")
def pair():
    config = default_config("mlp-dropout", epochs=3, learning_rate=0.5)
    return CheckedPair(check(config, _dataset(config), max_steps=2))


@pytest.mark.full
def test_paired_seeds_end_alike_and_seeds_differ(pair):
    runs = [run["paired"] for run in train_seeds(pair, _dataset(pair.config), ["paired"], 2)]
    assert [run.seed for run in runs] == [0, 1]
    for run in runs:
        assert np.array_equal(run.raw_right, run.keras_right)
    found = conclude(pair.config, "paired", runs, margin=0.01)
    assert (found.equivalence.verdict, found.mcnemar_p) == ("equivalent", 1.0)


@pytest.mark.full
def test_independent_sides_share_neither_weights_nor_masks(pair):
    raw, keras = (f(pair.config, _dataset(pair.config)) for f in (seeds._raw, seeds._independent))
    ours, theirs = raw.get_weights(), keras.get_weights()
    assert all(not np.array_equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.full
def test_independent_runs_can_be_repeated(pair):
    both = ["paired", "independent"]
    data = _dataset(pair.config)
    first = next(train_seeds(pair, data, both, 1))["independent"]
    second = next(train_seeds(pair, data, ["independent"], 1))["independent"]
    assert np.array_equal(first.raw_right, second.raw_right)
    assert np.array_equal(first.keras_right, second.keras_right)


@pytest.mark.full
def test_a_worse_side_is_found_different(pair):
    rng = np.random.default_rng(0)
    runs = [SeedRun(n, rng.random(1000) < 0.9, rng.random(1000) < 0.8) for n in range(5)]
    found = conclude(pair.config, "independent", runs, margin=1.0)
    assert found.equivalence.verdict == "different"
    assert found.equivalence.difference == pytest.approx(10, abs=2)
    assert found.mcnemar_p < 1e-3


@pytest.mark.full
def test_the_smallest_p_is_paid_for_by_the_number_of_seeds(pair):
    right = np.arange(20) < 10
    runs = [SeedRun(0, right, right ^ (np.arange(20) < 6)), SeedRun(1, right, right)]
    found = conclude(pair.config, "paired", runs, margin=1.0)
    assert found.disagreements[0].raw_only == 6
    assert found.mcnemar_p == pytest.approx(2 * 2 * 0.5**6)


@pytest.mark.full
def test_accuracy_of_twins_is_equivalent(gvk):
    code, out, _ = gvk(
        "accuracy", "perceptron", "--seeds", 2, "--mode", "paired", *SMALL, "--json", "a.json"
    )
    assert code == 0
    assert "perceptron paired: EQUIVALENT within 1 pp" in out
    (result,) = json.loads(Path("a.json").read_text())["results"]
    assert result["raw"] == result["keras"]
    assert result["equivalence"]["seeds"] == 2


def test_one_seed_is_inconclusive_and_exits_with_3(gvk):
    code, out, _ = gvk("accuracy", "perceptron", "--seeds", 1, "--mode", "paired", *SMALL)
    assert code == 3
    assert "INCONCLUSIVE" in out
    assert "about 2 seeds a side would settle it" in out


def test_seeds_in_one_graph_are_judged_as_single_ones_are(gvk):
    command = ("accuracy", "perceptron", "--seeds", 2, "--mode", "paired", *SMALL)
    code, out, _ = gvk(*command, "--vectorised", "--json", "v.json")
    assert code == 0
    assert "together   perceptron: 2 seeds in one graph end " in out
    found = json.loads(Path("v.json").read_text())
    assert found["together"][0]["seeds"] == 2
    gvk(*command, "--json", "a.json")
    alone = json.loads(Path("a.json").read_text())["results"]
    pairs = zip(found["results"][0]["raw"], alone[0]["raw"], strict=True)
    assert all(abs(a - b) < 0.05 for a, b in pairs)  # a sample or two that sit on the fence
    assert [r["keras"] for r in found["results"]] == [r["keras"] for r in alone]


def test_code_that_takes_no_stacked_variables_is_one_line_and_exits_with_2(gvk, monkeypatch):
    def flat(x, bias):
        return x + tf.reshape(bias, (1,))  # as the code of one's own may do

    monkeypatch.setattr(twins, "STACKED", replace(twins.STACKED, bias_add=flat))
    code, _, err = gvk("accuracy", "perceptron", "--seeds", 2, *SMALL, "--vectorised")
    assert code == 2
    assert "the code of perceptron does not take variables with an axis in front" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--vectorised",), "--vectorised is for models of dense layers: leave it out for convnet"),
        (("--xla", "--engine", "session"), "--xla compiles the engines step, epoch"),
        (("--seeds", 0), "--seeds"),
        (("--margin", 0), "--margin"),
        (("--initializer", "truncated-normal"), "is not for convnet: use glorot-uniform"),
    ],
)
def test_a_bad_option_is_one_line_and_exits_with_2(gvk, arguments, message):
    code, _, err = gvk("accuracy", "convnet", *arguments)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


def _dataset(config):
    return dataset_for(config.spec, "digits", 130)
