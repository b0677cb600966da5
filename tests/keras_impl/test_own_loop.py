"""Keras layers in a loop of one's own: the steps of ``fit``, without its metrics."""

import numpy as np
import tensorflow as tf

from keras_impl.fitting import Fit
from keras_impl.own_loop import OwnLoop
from tests.keras_impl.little import built, cross_entropy, samples


def test_a_step_returns_the_loss_before_it_and_keeps_no_metric():
    engine, (x, y) = OwnLoop(built()), samples()
    expected = cross_entropy(y, engine.predict(x, len(x))).mean()
    loss = engine.train_on_batch(x, y)
    assert isinstance(loss, tf.Tensor)  # not waited for
    np.testing.assert_allclose(loss, expected, rtol=64 * np.finfo("float32").eps)
    assert {float(metric.result()) for metric in engine.model.metrics} == {0.0}


def test_its_steps_are_those_of_fit():
    x, y = samples("float64")
    own, fit = OwnLoop(built("adam", 0.01), "float64"), Fit(built("adam", 0.01), "float64")
    own.set_weights(fit.get_weights())
    for engine in (own, fit):
        engine.train_epoch(x, y, np.arange(len(x)), 16)
    for name, value in fit.get_weights().items():
        # 3 steps of sums of at most 16 terms: some hundred roundings
        np.testing.assert_allclose(own.get_weights()[name], value, rtol=0, atol=1e-13)


def test_one_graph_serves_batches_of_every_size():
    engine, (x, y) = OwnLoop(built()), samples()
    for size in (16, 16, 7):
        engine.train_on_batch(x[:size], y[:size])
    assert engine.step.experimental_get_tracing_count() == 1
