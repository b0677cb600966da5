"""Every rule of backpropagation against autodiff and finite differences."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import tensorflow as tf

from rawtf import backprop
from rawtf.backprop import RULES
from rawtf.kernels import KERNELS, Kernels
from tests.rawtf.drawn import EPS, close

FORMS = sorted(KERNELS)
STEP = 1e-6


@dataclass(frozen=True)
class Case:
    """What an operation is given in one test.

    Attributes:
        inputs: draws what the operation is given, in order.
        moved: which of the inputs the loss flows to; the rule returns None for the others.
        smooth: whether no input lies within ``STEP`` of a corner of the function.
        rounding: how many eps of a gradient's largest value autodiff may lie apart.
    """

    inputs: Callable[[np.random.Generator], tuple]
    moved: tuple[int, ...] = (0,)
    smooth: bool = True
    rounding: int = 16


def _normal(*shapes, scale=1.0, shift=0.0):
    return lambda rng: tuple(scale * rng.standard_normal(s) + shift for s in shapes)


def _few_values(*shape):
    return lambda rng: (rng.integers(0, 3, shape).astype(float),)


def _distinct(*shape):
    return lambda rng: (rng.permutation(np.arange(float(np.prod(shape)))).reshape(shape),)


def _extremes(rng):
    return (np.array([[-1000.0, -40.0, -1e-3, 1e-3], [30.0, 1.0, 1000.0, -2.0]]),)


def _images(channels, *, batch=3, shift=0.0):
    def draw(rng):
        x = rng.standard_normal((batch, 4, 5, channels)) * rng.uniform(0.5, 3, channels) + shift
        return x, rng.uniform(0.5, 2, channels), rng.standard_normal(channels)

    return draw


def _images_by_averages(rng):
    x, gamma, beta = _images(3)(rng)
    return x, rng.standard_normal(3), rng.uniform(0.5, 2, 3), gamma, beta


def _labels_and_logits(classes, scale=2.0):
    def draw(rng):
        labels = rng.integers(0, max(classes, 2), 6)
        y = labels[:, np.newaxis] if classes == 1 else np.eye(classes)[labels]
        return y.astype(float), scale * rng.standard_normal((6, classes))

    return draw


def _seeded(rng):
    return rng.standard_normal((6, 7)), 0.3, tf.constant([5, 7])


BATCH_NORM = {"moved": (0, 1, 2), "rounding": 64}
CASES: dict[str, dict[str, Case]] = {
    "matmul": {"plain": Case(_normal((4, 5), (5, 3)), moved=(0, 1))},
    "bias_add": {
        "rows": Case(_normal((4, 3), (3,)), moved=(0, 1)),
        "one unit": Case(_normal((4, 1), (1,)), moved=(0, 1)),
        "images": Case(_normal((2, 3, 5, 4), (4,)), moved=(0, 1)),
        "images of one channel": Case(_normal((2, 3, 5, 1), (1,)), moved=(0, 1)),
    },
    "sigmoid": {
        "rows": Case(_normal((4, 5), scale=3.0)),
        "extremes": Case(_extremes),
        "zero": Case(lambda rng: (np.zeros((2, 3)),)),
    },
    "relu": {
        "rows": Case(_normal((4, 5))),
        "images": Case(_normal((2, 3, 4, 2))),
        "corner": Case(lambda rng: (np.array([[0.0, -0.0, 1e-300, -1e-300]]),), smooth=False),
    },
    "softmax": {
        "rows": Case(_normal((4, 5))),
        "extremes": Case(_extremes),
        "ties": Case(lambda rng: (np.full((2, 3), 7.0),)),
    },
    "conv2d": {
        "3x3": Case(_normal((2, 5, 4, 3), (3, 3, 3, 2)), moved=(0, 1)),
        "one channel": Case(_normal((2, 4, 3, 1), (3, 3, 1, 1)), moved=(0, 1)),
        "1x1": Case(_normal((2, 3, 4, 2), (1, 1, 2, 3)), moved=(0, 1)),
        "5x3": Case(_normal((1, 6, 5, 2), (5, 3, 2, 2)), moved=(0, 1)),
        "larger than the image": Case(_normal((2, 2, 1, 2), (5, 5, 2, 1)), moved=(0, 1)),
    },
    "max_pool": {
        "even": Case(_distinct(2, 4, 6, 3)),
        "odd height": Case(_distinct(2, 5, 4, 2)),
        "odd width": Case(_distinct(2, 4, 7, 1)),
        "odd both": Case(_distinct(1, 3, 5, 3)),
        "ties": Case(_few_values(5, 7, 7, 4), smooth=False),
        "all equal": Case(lambda rng: (np.full((2, 4, 5, 2), -1.5),), smooth=False),
    },
    "flatten": {"images": Case(_normal((3, 2, 5, 4)))},
    "normalize": {
        "several channels": Case(_images(3), **BATCH_NORM),
        "one channel": Case(_images(1), **BATCH_NORM),
        "one sample": Case(_images(2, batch=1), **BATCH_NORM),
        "off centre": Case(_images(2, shift=10.0), moved=(0, 1, 2), rounding=640),
        "constant": Case(
            lambda rng: (np.full((2, 3, 4, 2), 0.5), np.array([0.5, 2.0]), np.ones(2)),
            **BATCH_NORM,
        ),
    },
    "scale_and_shift": {"several channels": Case(_images_by_averages, moved=(0, 3, 4))},
    "dropout": {"rows": Case(_seeded)},
    "binary_cross_entropy": {
        "rows": Case(_labels_and_logits(1), moved=(1,)),
        "extremes": Case(_labels_and_logits(1, scale=300.0), moved=(1,)),
        "zero": Case(lambda rng: (np.array([[0.0], [1.0]]), np.zeros((2, 1))), moved=(1,)),
    },
    "categorical_cross_entropy": {
        "rows": Case(_labels_and_logits(4), moved=(1,)),
        "extremes": Case(_labels_and_logits(4, scale=300.0), moved=(1,)),
        "ties": Case(lambda rng: (np.eye(3), np.ones((3, 3))), moved=(1,)),
    },
    "mean": {"losses": Case(_normal((7,)))},
}


class Drawn:
    """A case drawn, run by one set of kernels, and a gradient ``g`` to send back through it."""

    def __init__(self, op, name, form, open_batch=False):
        rng = np.random.default_rng(3)
        self.op, self.run, self.moved = op, getattr(KERNELS[form], op), CASES[op][name].moved
        drawn = CASES[op][name].inputs(rng)
        self.inputs = [tf.constant(v) if isinstance(v, np.ndarray) else v for v in drawn]
        self.output = self.forward(self.inputs)
        self.g = tf.constant(rng.standard_normal(self.output.shape))
        if open_batch:
            first = self.inputs[self.moved[0]]
            shape = (None, *first.shape[1:])
            self.inputs[self.moved[0]] = tf.compat.v1.placeholder(first.dtype, shape)
            self.output = self.forward(self.inputs)

    def forward(self, inputs):
        returned = self.run(*inputs)
        return returned[0] if isinstance(returned, tuple) else returned

    def rule(self):
        rule = partial(RULES[self.op], op=self.run) if self.op == "dropout" else RULES[self.op]
        return rule(self.g, self.output, *self.inputs)

    def by_rule(self):
        return [None if part is None else part.numpy() for part in self.rule()]

    def by_autodiff(self):
        moved = [self.inputs[i] for i in self.moved]
        with tf.GradientTape() as tape:
            tape.watch(moved)
            output = self.forward(self.inputs)
        gradients = tape.gradient(output, moved, output_gradients=self.g)
        return {i: part.numpy() for i, part in zip(self.moved, gradients, strict=True)}

    def by_differences(self, i):
        """Return central differences along input ``i``, and how far off they may be.

        With inputs and derivatives of order 1, what is cut off is STEP^2 / 6 times a third
        derivative, and what is rounded away is some eps of the largest term over 2 STEP.
        """
        x = self.inputs[i].numpy()
        slopes = np.empty_like(x)
        for place in np.ndindex(x.shape):
            above, below = x.copy(), x.copy()
            above[place] += STEP
            below[place] -= STEP
            rise = self._with(i, above) - self._with(i, below)
            slopes[place] = (rise * self.g).numpy().sum() / (above[place] - below[place])
        weight = np.abs(self.g).sum()
        largest = max(1.0, np.abs(self.output).max())
        return slopes, weight * (10 * STEP**2 + 8 * EPS * largest / STEP)

    def _with(self, i, value):
        return self.forward([*self.inputs[:i], tf.constant(value), *self.inputs[i + 1 :]])


ALL = [(op, name) for op, cases in CASES.items() for name in cases]
SMOOTH = [(op, name) for op, name in ALL if CASES[op][name].smooth]


def test_every_operation_has_its_rule_and_its_cases():
    assert set(RULES) == set(Kernels.op_names()) == set(CASES)
    assert all(any(case.smooth for case in cases.values()) for cases in CASES.values())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("op", "name"), ALL)
def test_a_rule_is_the_gradient_of_autodiff(op, name, form):
    case, ours = CASES[op][name], Drawn(op, name, form)
    parts, theirs = ours.by_rule(), ours.by_autodiff()
    assert [i for i, part in enumerate(parts) if part is not None] == list(case.moved)
    for i in case.moved:
        assert parts[i].shape == ours.inputs[i].shape
        np.testing.assert_allclose(
            parts[i], theirs[i], rtol=0, atol=case.rounding * EPS * np.abs(theirs[i]).max()
        )


@pytest.mark.parametrize(("op", "name"), SMOOTH)
def test_a_rule_is_the_slope_of_its_operation(op, name):
    ours = Drawn(op, name, "fused")
    parts = ours.by_rule()
    for i in ours.moved:
        slopes, within = ours.by_differences(i)
        assert (np.abs(slopes - parts[i]) <= within).all()
        assert within < 1e-5 * max(1.0, np.abs(slopes).max())  # or the bound would say nothing


def test_the_slope_tells_a_rule_that_is_a_little_wrong(monkeypatch):
    monkeypatch.setattr(backprop, "EPSILON", 1.001e-3)
    ours = Drawn("normalize", "several channels", "fused")
    slopes, within = ours.by_differences(0)
    assert (np.abs(slopes - ours.by_rule()[0]) > within).any()


@pytest.mark.parametrize(("op", "name"), ALL)
def test_a_rule_is_the_same_in_a_graph_of_tensorflow_1(op, name):
    eager = Drawn(op, name, "fused")
    expected = [part for part in eager.by_rule() if part is not None]
    first = eager.inputs[eager.moved[0]].numpy()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        ours = Drawn(op, name, "fused", open_batch=True)
        parts = [part for part in ours.rule() if part is not None]
        found = session.run(parts, {ours.inputs[ours.moved[0]]: first})
    for part, other in zip(found, expected, strict=True):
        close(part, other, 16 * EPS)


@pytest.mark.parametrize("form", FORMS)
def test_of_equal_corners_the_first_in_reading_order_gets_it_all(form):
    ours = Drawn("max_pool", "all equal", form)
    expected = np.zeros((2, 4, 5, 2))
    expected[:, ::2, :4:2, :] = ours.g
    assert np.array_equal(ours.by_rule()[0], expected)


@pytest.mark.parametrize("name", CASES["max_pool"])
def test_max_pooling_sends_each_gradient_where_tensorflow_does(name):
    ours = Drawn("max_pool", name, "fused")
    with tf.device("CPU:0"):
        window = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "VALID"}
        theirs = tf.raw_ops.MaxPoolGrad(
            orig_input=ours.inputs[0], orig_output=ours.output, grad=ours.g, **window
        )
    assert np.array_equal(ours.by_rule()[0], theirs)


@pytest.mark.parametrize("form", FORMS)
def test_relu_at_zero_has_no_slope(form):
    ours = Drawn("relu", "corner", form)
    assert np.array_equal(ours.by_rule()[0] != 0, [[False, False, True, False]])


@pytest.mark.parametrize("form", FORMS)
def test_dropout_drops_the_gradient_of_what_it_dropped(form):
    ours = Drawn("dropout", "rows", form)
    assert 0 < (ours.output.numpy() == 0).sum() < ours.output.numpy().size
    assert np.array_equal(ours.by_rule()[0] == 0, ours.output == 0)
