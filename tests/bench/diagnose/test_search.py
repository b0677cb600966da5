"""A cure is kept to where it was tried, and explains nothing by standing still."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose.causes_loss import related, related_beside
from bench.diagnose.cures import Cause, Cure, kept_to
from bench.diagnose.relations import relation
from bench.diagnose.watch import Watch

HERE = Path(__file__).parent
RNG = np.random.default_rng(4)
X = RNG.normal(size=(64, 4)).astype("f4")
Y = X[:, :1]


@pytest.mark.parametrize("ends", [True, False])
def test_a_cure_kept_to_one_leaves_the_other_alone(ends):
    def nought(call, _node, _watch):
        if call.kind == "Square":
            call.outputs[0] = tf.zeros(())

    cause = kept_to(Cause("", "", "", Cure("", at_op=nought)), ends=ends)
    squares = {}
    with (watch := Watch([cause.cure])).running():
        for at_end in (True, False):
            watch.begin(0, at_end)
            squares[at_end] = float(tf.square(tf.constant(3.0)))
    assert squares == {ends: 0.0, not ends: 9.0}


def test_rounding_errors_times_a_huge_factor_are_no_relation():
    g, w = RNG.normal(size=(2, 20))
    assert relation(3e7 * g, g, w, 1e-9).k == pytest.approx(3e7)
    assert relation(g, 1e-8 * RNG.normal(size=20), w, 1e-8) is None


def test_beside_another_cause_a_factor_is_one_that_a_person_writes():
    def scene(k):
        g, w = RNG.normal(size=(2, 20))
        return SimpleNamespace(
            gradients=lambda: iter([(0, k * g, g, w, 1e-9)]),
            theirs=SimpleNamespace(weights=[[w]]),
            step=0,
            sizes={"the batch size": 16.0},
            stand=SimpleNamespace(pair=SimpleNamespace(batch_size=16), batches=[(X[:16], Y[:16])]),
        )

    assert [bool(list(related(scene(k)))) for k in (32.0, 1e5, 1e-5)] == [True] * 3
    assert [bool(list(related_beside(scene(k)))) for k in (32.0, 1e5, 1e-5)] == [True, False, False]


@pytest.mark.full
def test_a_layer_set_up_otherwise_is_one_finding_of_steps_and_predictions(blind):
    """Both run the line of this normalisation; once they were mended apart, op by op."""
    found = blind(HERE / "held_out" / "convnet_norm_axis_rows.py")
    assert found.verdict == "disagree"
    assert [(f.rung, f.cause) for f in found.findings] == [("forward", "layer-axis")]
    assert "both sides agree" in found.findings[-1].confirmed


@pytest.mark.full
@pytest.mark.parametrize(
    "name", ["own_cases/perceptron_swapped_arguments", "held_out/perceptron_hinge_zero_one"]
)
def test_a_loss_without_a_gradient_explains_nothing(blind, name):
    found = blind(HERE / f"{name}.py")
    assert found.verdict == "disagree"
    assert "loss-kind" not in [f.cause for f in found.findings]
