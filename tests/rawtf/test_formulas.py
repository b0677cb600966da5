"""The formulas against the fused ops: values and gradients, extremes included, in float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rawtf import activations, dense, dropout, losses, metrics
from rawtf.initializers import fans, glorot_uniform, initialize, truncated_normal

Z = np.concatenate([[-1000.0, -100.0, -1e-9, 0.0, 1e-9, 100.0, 1000.0], np.linspace(-9, 9, 23)])
ROUNDING = 4 * np.finfo(np.float64).eps  # a handful of correctly rounded operations


def _value_and_gradient(f, z):
    z = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = f(z)
        total = tf.reduce_sum(value * tf.constant(np.cos(np.arange(value.shape[-1]))))
    return value.numpy(), tape.gradient(total, z).numpy()


def _agree(formula, fused, z):
    for ours, theirs in zip(
        _value_and_gradient(formula, z), _value_and_gradient(fused, z), strict=True
    ):
        assert np.isfinite(ours).all()
        np.testing.assert_allclose(ours, theirs, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_elementwise_activation(name):
    _agree(getattr(activations, f"{name}_primitive"), getattr(activations, name), Z)


def test_softmax():
    z = np.stack([Z[:10], Z[10:20], np.full(10, 1e4)])
    _agree(activations.softmax_primitive, activations.softmax, z)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_binary_cross_entropy(label):
    z = Z[:, np.newaxis]
    y = tf.constant(np.full_like(z, label))
    _agree(
        lambda z: losses.binary_cross_entropy_primitive(y, z)[:, tf.newaxis],
        lambda z: losses.binary_cross_entropy(y, z)[:, tf.newaxis],
        z,
    )


def test_categorical_cross_entropy():
    z = np.stack([Z[:10], Z[10:20], Z[20:30]])
    y = tf.constant(np.eye(10)[[0, 3, 9]])
    _agree(
        lambda z: losses.categorical_cross_entropy_primitive(y, z),
        lambda z: losses.categorical_cross_entropy(y, z),
        z,
    )


@pytest.mark.parametrize("units", [1, 4])
def test_bias_add(units):
    x = np.arange(3.0 * units).reshape(3, units)
    bias = tf.constant(np.linspace(-1, 1, units))
    _agree(lambda x: dense.bias_add_primitive(x, bias), lambda x: dense.bias_add(x, bias), x)


def test_dropout_drops_the_rate_and_keeps_the_mean():
    x, seed = tf.ones((200, 200), tf.float64), tf.constant([5, 7])
    for form in (dropout.stateless_dropout, dropout.stateless_dropout_primitive):
        kept = form(x, rate=0.25, seed=seed).numpy()
        assert abs((kept == 0).mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / x.numpy().size)
        assert set(np.unique(kept)) == {0.0, 1 / 0.75}


def test_both_forms_of_dropout_draw_one_mask():
    x, seed = tf.ones((50, 50), tf.float32), tf.constant([1, 2])
    fused = dropout.stateless_dropout(x, rate=0.5, seed=seed)
    assert np.array_equal(fused, dropout.stateless_dropout_primitive(x, 0.5, seed))


def test_accuracies_are_those_of_keras():
    rng = np.random.default_rng(0)
    y, p = np.eye(4)[rng.integers(0, 4, 50)], rng.random((50, 4))
    theirs = keras.metrics.CategoricalAccuracy()(y, p)
    assert float(metrics.categorical_accuracy(tf.constant(y), tf.constant(p))) == float(theirs)
    y, p = rng.integers(0, 2, (50, 1)).astype(float), rng.random((50, 1))
    theirs = keras.metrics.BinaryAccuracy()(y, p)
    assert float(metrics.binary_accuracy(tf.constant(y), tf.constant(p))) == float(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (glorot_uniform, keras.initializers.GlorotUniform(seed=1)),
        (truncated_normal, keras.initializers.TruncatedNormal(stddev=1.0, seed=1)),
    ],
)
def test_initializers_draw_from_the_distribution_of_keras(ours, theirs):
    from scipy.stats import ks_2samp

    drawn = ours(np.random.default_rng(0), (784, 64)).ravel()
    other = keras.ops.convert_to_numpy(theirs((784, 64))).ravel()
    assert ks_2samp(drawn, other).pvalue > 1e-3
    assert abs(np.abs(drawn).max() / np.abs(other).max() - 1) < 0.01


def test_truncated_normal_has_the_standard_deviation_it_says():
    drawn = truncated_normal(np.random.default_rng(0), (1000, 1000))
    assert abs(drawn.std() - 0.8796) < 0.003
    assert np.abs(drawn).max() <= 2


def test_fans_count_the_receptive_field():
    assert fans((784, 64)) == (784, 64)
    assert fans((3, 3, 32, 16)) == (288, 144)


def test_initialize_draws_in_order_from_one_generator():
    shapes = {"a/kernel": (3, 2), "a/bias": (2,), "d/seed_state": (2,)}
    one, two = (initialize(shapes, "glorot-uniform", np.random.default_rng(4)) for _ in "12")
    assert all(np.array_equal(one[name], two[name]) for name in shapes)
    assert one["d/seed_state"][1] == 0
    assert not one["a/bias"].any()
