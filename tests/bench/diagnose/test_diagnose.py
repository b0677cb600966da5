"""Pairs of each rung, diagnosed without their names and answers."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose import diagnose
from bench.diagnose.marks import known, stripped

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("sum_not_mean", "loss-sum"),
        ("training_flag_missing", "training-flag"),
        ("clip_global_vs_each", "clipping-kind"),
        ("bn_updates_tf1", "update-ops"),
        ("last_batch_dropped", "last-batch-dropped"),
    ],
)
def test_a_fault_is_placed_named_and_cured(blind, name, cause):
    file = HERE / "cases" / f"{name}.py"
    found = blind(file)
    assert found.verdict == "disagree"
    (finding,) = found.findings
    assert finding.cause == cause
    assert "both sides agree" in finding.confirmed
    line = known(file).lines[0]
    assert line is None or finding.loop.text == line


@pytest.mark.parametrize("name", ["adam_by_hand", "momentum_graph"])
def test_what_is_only_written_otherwise_raises_no_alarm(blind, name):
    assert blind(HERE / "cases" / f"{name}.py").verdict == "agree"


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("mlp_dropout_same_mask", "random-repeats"),
        ("mlp_rate_traced", "frozen-in-trace"),
        ("perceptron_validation_split", "validation-split"),
        ("perceptron_error_slope", "factor-extra"),
    ],
)
def test_a_fault_of_another_kind_is_found_too(blind, name, cause):
    (finding,) = blind(HERE / "own_cases" / f"{name}.py").findings
    assert finding.cause == cause
    assert "both sides agree" in finding.confirmed


def test_three_faults_come_out_as_three(blind):
    found = blind(HERE / "more" / "three_faults.py")
    assert [f.cause for f in found.findings] == [
        "loss-sum", "regularisation-missing", "optimizer-setting",
    ]  # fmt: skip


def test_what_is_diagnosed_does_not_hold_its_answer():
    for file in sorted((HERE / "cases").glob("*.py")):
        blind = stripped(file.read_text())
        assert not any(word in blind for word in ("CAUSE", "LINE", "KIND", "def fixed"))


X = np.random.default_rng(2).normal(size=(96, 6)).astype("f4")
Y = (X[:, :1] > 0).astype("f4")


def _model(activation="relu"):
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(5, activation), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    return model


def test_two_finished_keras_models_can_be_handed_over():
    found = diagnose(_model("tanh"), _model(), (X, Y))
    assert found.findings[0].cause == "layer-activation"
    assert "tanh" in found.findings[0].words
    assert diagnose(_model(), _model(), (X, Y)).verdict == "agree"


def test_a_fault_without_a_name_has_its_place_and_a_cure():
    class Loop:
        def __init__(self):
            self.net = _model()
            self.variables = self.net.weights

        @tf.function
        def train_step(self, x, y):
            with tf.GradientTape() as tape:
                h = self.net.layers[0](x)
                h = h + 0.3 * tf.sin(h)  # what is this
                loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, self.net.layers[1](h)))
            for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
                v.assign_sub(0.1 * g)
            return loss

    (finding,) = diagnose(Loop, _model, (X, Y)).findings
    assert finding.loop.text.endswith("# what is this")
    assert finding.confirmed
    assert finding.rung == "forward"
