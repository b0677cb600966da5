"""The formulas against the fused ops: values and gradients, extremes included, in float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rawtf import activations, batch_norm, bias, conv, dropout, losses, pooling
from rawtf.batch_norm import BatchNorm, batch_norm_shapes
from rawtf.initializers import fans, glorot_uniform, initialize, truncated_normal
from rawtf.kernels import KERNELS
from rawtf.updates import assign_all

Z = np.concatenate([[-1000.0, -100.0, -1e-9, 0.0, 1e-9, 100.0, 1000.0], np.linspace(-9, 9, 23)])
ROUNDING = 4 * np.finfo(np.float64).eps  # a handful of correctly rounded operations


def _value_and_gradient(f, z):
    z = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = f(z)
        total = tf.reduce_sum(value * tf.constant(np.cos(np.arange(value.shape[-1]))))
    return value.numpy(), tape.gradient(total, z).numpy()


def _agree(formula, fused, z, within=ROUNDING):
    for ours, theirs in zip(
        _value_and_gradient(formula, z), _value_and_gradient(fused, z), strict=True
    ):
        assert np.isfinite(ours).all()
        np.testing.assert_allclose(ours, theirs, rtol=within, atol=within)


def _draw(*shape):
    return np.random.default_rng(1).standard_normal(shape)


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
    b = tf.constant(np.linspace(-1, 1, units))
    _agree(lambda x: bias.bias_add_primitive(x, b), lambda x: bias.bias_add(x, b), x)


KERNEL_SHAPES = [(3, 3, 2, 4), (1, 1, 2, 3), (5, 3, 2, 1), (7, 7, 2, 2)]


@pytest.mark.parametrize("shape", KERNEL_SHAPES)
def test_conv2d(shape):
    x, kernel = _draw(2, 5, 6, 2), tf.constant(_draw(*shape))
    terms = np.prod(shape[:3])  # that are summed in one number
    forms = conv.conv2d_primitive, conv.conv2d
    _agree(*(lambda x, form=form: form(x, kernel) for form in forms), x, terms * ROUNDING)
    _agree(*(lambda k, form=form: form(x, k) for form in forms), kernel, x.size * ROUNDING)


@pytest.mark.parametrize("form", ["fused", "primitive"])
@pytest.mark.parametrize("shape", KERNEL_SHAPES)
def test_beyond_its_edges_an_image_is_zero(shape, form):
    x, kernel = _draw(2, 5, 6, 2), _draw(*shape)
    ours = KERNELS[form].conv2d(tf.constant(x), tf.constant(kernel))
    np.testing.assert_allclose(ours, _convolved_by_loops(x, kernel), rtol=0, atol=1e-13)


@pytest.mark.parametrize("size", [(4, 6), (5, 7), (2, 3), (3, 2)])
def test_max_pool(size):
    ties = np.random.default_rng(0).integers(0, 3, (3, *size, 2)).astype(float)
    for x in (_draw(3, *size, 2), ties, np.full_like(ties, -2.0)):
        _agree(pooling.max_pool_primitive, pooling.max_pool, x, 0)
        assert np.array_equal(pooling.max_pool(tf.constant(x)), _pooled_by_loops(x))


@pytest.mark.parametrize("output", ["y", "mean", "variance"])
def test_normalize(output):
    i, x = ["y", "mean", "variance"].index(output), _draw(3, 4, 5, 2) * [1.0, 3.0] + [0.0, 2.0]
    gamma, beta = tf.constant([0.5, 2.0], tf.float64), tf.constant([-1.0, 3.0], tf.float64)
    forms = batch_norm.normalize_primitive, batch_norm.normalize
    _agree(*(lambda x, f=f: f(x, gamma, beta)[i] for f in forms), x, 16 * ROUNDING)
    _agree(*(lambda gamma, f=f: f(x, gamma, beta)[i] + gamma for f in forms), gamma, 16 * ROUNDING)
    expected = (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 1e-3) * gamma + beta
    expected = [expected, x.mean((0, 1, 2)), x.var((0, 1, 2))][i]
    np.testing.assert_allclose(forms[0](x, gamma, beta)[i], expected, rtol=1e-13, atol=1e-13)


def test_scale_and_shift():
    x, others = _draw(3, 4, 5, 2), [[0.5, -1.0], [0.0, 4.0], [0.5, 2.0], [-1.0, 3.0]]
    others = [tf.constant(values, tf.float64) for values in others]
    forms = batch_norm.scale_and_shift_primitive, batch_norm.scale_and_shift
    _agree(*(lambda x, f=f: f(x, *others) for f in forms), x, 4 * ROUNDING)
    _agree(*(lambda v, f=f: f(x, *others[:2], v, others[3]) for f in forms), others[2], 1e-13)
    _agree(*(lambda v, f=f: f(x, *others[:3], v) for f in forms), others[3], 1e-13)


def test_a_convolution_is_that_of_keras_to_the_bit():
    x, kernel, b = (_draw(*s).astype("float32") for s in [(3, 7, 6, 2), (3, 3, 2, 4), (4,)])
    layer = keras.layers.Conv2D(4, 3, padding="same")
    layer.build(x.shape)
    layer.set_weights([kernel, b])
    ours = bias.bias_add(conv.conv2d(tf.constant(x), tf.constant(kernel)), tf.constant(b))
    assert np.array_equal(ours, layer(x))


def test_pooling_and_flattening_are_those_of_keras():
    x = tf.constant(_draw(3, 7, 5, 2).astype("float32"))
    assert np.array_equal(pooling.max_pool(x), keras.layers.MaxPooling2D()(x))
    assert np.array_equal(pooling.max_pool_primitive(x), keras.layers.MaxPooling2D()(x))
    assert np.array_equal(pooling.flatten(x), keras.layers.Flatten()(x))


def test_batch_normalization_is_that_of_keras_to_the_bit_in_both_modes():
    batches = _draw(4, 6, 5, 4, 3).astype("float32") * 2 + 1
    layer = keras.layers.BatchNormalization()
    layer.build(batches[0].shape)
    values = [np.float32(v) for v in ([0.5, 1, 2], [-1, 0, 1], [0.1, 0, 0], [1, 2, 1])]
    layer.set_weights(values)
    names = batch_norm_shapes("b", 3)
    norm = BatchNorm("b", dict(zip(names, values, strict=True)))
    for x in batches:
        y, updates = norm(x, True, KERNELS["fused"])
        assign_all(updates)
        assert np.array_equal(y, layer(x, training=True))
        in_inference, nothing = norm(x, False, KERNELS["fused"])
        assert nothing == []
        assert np.array_equal(in_inference, layer(x, training=False))
    for ours, theirs in zip(norm.variables, layer.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert (norm.moving_mean.numpy() != values[2]).all()


def test_dropout_drops_the_rate_and_keeps_the_mean():
    x, seed = tf.ones((200, 200), tf.float64), tf.constant([5, 7])
    for form in (dropout.stateless_dropout, dropout.stateless_dropout_primitive):
        kept = form(x, 0.25, seed).numpy()
        assert abs((kept == 0).mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / x.numpy().size)
        assert set(np.unique(kept)) == {0.0, 1 / 0.75}


def test_both_forms_of_dropout_draw_one_mask():
    x, seed = tf.ones((50, 50), tf.float32), tf.constant([1, 2])
    fused = dropout.stateless_dropout(x, 0.5, seed)
    assert np.array_equal(fused, dropout.stateless_dropout_primitive(x, 0.5, seed))


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


def _convolved_by_loops(x, kernel):
    batch, height, width, _ = x.shape
    k_height, k_width, _, c_out = kernel.shape
    z = np.zeros((batch, height, width, c_out))
    for h, w, i, j in np.ndindex(height, width, k_height, k_width):
        row, column = h + i - k_height // 2, w + j - k_width // 2
        if 0 <= row < height and 0 <= column < width:
            z[:, h, w] += x[:, row, column] @ kernel[i, j]
    return z


def _pooled_by_loops(x):
    batch, height, width, channels = x.shape
    z = np.empty((batch, height // 2, width // 2, channels))
    for h, w in np.ndindex(height // 2, width // 2):
        z[:, h, w] = x[:, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].max(axis=(1, 2))
    return z
