"""The tape: gradients where a value is used twice or not at all, and nothing else changed."""

import numpy as np
import tensorflow as tf

from rawtf.backprop import RULES
from rawtf.kernels import KERNELS
from rawtf.tape import Tape
from tests.rawtf.drawn import EPS, close, draw


def test_a_value_that_is_used_more_than_once_gets_the_sum():
    tape, w = Tape(), tf.Variable(draw(3, 3))
    ours = tape.gradient(_forked(w, tape.recording(KERNELS["fused"])), [w])[0]
    with tf.GradientTape() as autodiff:
        loss = _forked(w, KERNELS["fused"])
    close(ours, autodiff.gradient(loss, w), 8 * EPS)


def test_a_branch_that_the_loss_does_not_depend_on_gets_nothing(monkeypatch):
    def walked(*_):
        raise AssertionError("no gradient flows here")

    monkeypatch.setitem(RULES, "sigmoid", walked)
    monkeypatch.setitem(RULES, "relu", walked)
    tape, w = Tape(), tf.Variable(draw(3, 3))
    k = tape.recording(KERNELS["fused"])
    a = k.matmul(w, w)
    k.relu(k.sigmoid(a))
    loss = k.mean(a)
    k.sigmoid(w)
    assert [call.rule is walked for call in tape.calls] == [False, True, True, False, True]
    with tf.GradientTape() as autodiff:
        expected = tf.reduce_mean(tf.matmul(w, w))
    close(tape.gradient(loss, [w])[0], autodiff.gradient(expected, w), 8 * EPS)


def test_a_tape_changes_nothing_that_it_records():
    x, gamma, beta = draw(2, 3, 4, 2), draw(2), draw(2)
    for kernels in KERNELS.values():
        recorded = Tape().recording(kernels).normalize(x, gamma, beta)
        for one, other in zip(recorded, kernels.normalize(x, gamma, beta), strict=True):
            assert np.array_equal(one, other)


def _forked(w, k):
    a = k.sigmoid(k.matmul(w, w))
    return k.mean(k.matmul(k.matmul(k.relu(a), a), w))
