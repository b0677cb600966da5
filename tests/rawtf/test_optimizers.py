"""Each optimizer against the one of Keras, bit by bit, and against its formula in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_impl.compiling import OPTIMIZERS as KERAS_OPTIMIZERS
from keras_impl.compiling import float_type
from keras_impl.fitting import SLOTS
from rawtf.optimizers import OPTIMIZERS
from rawtf.updates import assign_all

SHAPES = {"a/kernel": (5, 3), "a/bias": (3,), "b/bias": (1,)}
RATE, STEPS = 0.05, 20
MOMENTUM, BETA_1, BETA_2 = (np.float64(np.float32(v)) for v in (0.9, 0.9, 0.999))  # as in Keras


def _draws(dtype, n):
    rng = np.random.default_rng(2)
    sizes = 10.0 ** rng.integers(-6, 2, n)  # gradients large and small, and some of 0
    draws = [
        {name: (size * rng.standard_normal(shape)).astype(dtype) for name, shape in SHAPES.items()}
        for size in sizes
    ]
    for draw in draws[::4]:
        draw["a/kernel"][0] = 0
    return draws


class Raw:
    """The hand-written optimizer and its parameters."""

    def __init__(self, name, start, traced):
        self.parameters = {n: tf.Variable(v) for n, v in start.items()}
        self.optimizer = OPTIMIZERS[name](self.parameters, RATE)
        self.step = tf.function(self._step) if traced else self._step

    def _step(self, gradients):
        assign_all(self.optimizer.updates(gradients))

    def values(self):
        return {n: v.numpy() for n, v in (self.parameters | self.optimizer.state).items()}


class Theirs:
    """The optimizer of Keras and its parameters."""

    def __init__(self, name, start, traced):
        self.parameters = {n: keras.Variable(v, name="v") for n, v in start.items()}
        self.optimizer = KERAS_OPTIMIZERS[name](RATE)
        self.optimizer.build(list(self.parameters.values()))
        self.step = tf.function(self._step) if traced else self._step

    def _step(self, gradients):
        self.optimizer.apply(gradients, list(self.parameters.values()))

    def values(self):
        slots = {
            f"{slot}/{name}": v
            for slot, attributes in SLOTS.items()
            for attribute in attributes
            for name, v in zip(SHAPES, getattr(self.optimizer, attribute, []), strict=False)
        }
        counter = {"iterations": self.optimizer.iterations}
        everything = self.parameters | slots | counter
        return {n: keras.ops.convert_to_numpy(v).copy() for n, v in everything.items()}


@pytest.mark.parametrize("traced", [True, False], ids=["traced", "eager"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_that_of_keras_to_the_bit(name, dtype, traced):
    start, *gradients = _draws(dtype, 1 + STEPS)
    with float_type(dtype):
        raw, theirs = Raw(name, start, traced), Theirs(name, start, traced)
        for each in gradients:
            raw.step([tf.constant(g) for g in each.values()])
            theirs.step([tf.constant(g) for g in each.values()])
            ours, other = raw.values(), theirs.values()
            assert set(ours) | {"iterations"} == set(other)  # Keras counts even where it need not
            for n, value in ours.items():
                assert value.dtype == other[n].dtype
                assert np.array_equal(value, other[n]), n


def _sgd(w, g, state, t):
    return w - RATE * g


def _momentum(w, g, state, t):
    state["momentum"] = MOMENTUM * state["momentum"] - RATE * g
    return w + state["momentum"]


def _nesterov(w, g, state, t):
    state["momentum"] = MOMENTUM * state["momentum"] - RATE * g
    return w + MOMENTUM * state["momentum"] - RATE * g


def _rmsprop(w, g, state, t):
    state["velocity"] = 0.9 * state["velocity"] + (1 - 0.9) * g**2
    return w - RATE * g / np.sqrt(state["velocity"] + 1e-7)


def _adam(w, g, state, t):
    state["momentum"] = 0.9 * state["momentum"] + (1 - 0.9) * g
    state["velocity"] = 0.999 * state["velocity"] + (1 - 0.999) * g**2
    alpha = RATE * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    return w - alpha * state["momentum"] / (np.sqrt(state["velocity"]) + 1e-7)


FORMULAS = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_that_of_the_formula(name):
    weights, *gradients = _draws("float64", 1 + STEPS)
    raw = Raw(name, weights, traced=True)
    slots = OPTIMIZERS[name].slot_names
    state = {n: {slot: np.zeros(shape) for slot in slots} for n, shape in SHAPES.items()}
    for t, each in enumerate(gradients, start=1):
        raw.step([tf.constant(g) for g in each.values()])
        weights = {n: FORMULAS[name](w, each[n], state[n], t) for n, w in weights.items()}
        found = raw.values()
        for n, w in weights.items():
            np.testing.assert_allclose(found[n], w, rtol=1e-12, atol=1e-14)
            for slot in slots:
                largest = np.abs(state[n][slot]).max()
                np.testing.assert_allclose(
                    found[f"{slot}/{n}"], state[n][slot], rtol=1e-12, atol=1e-14 * largest
                )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_slot_starts_at_zero_and_updates_write_nothing_by_themselves(name):
    start, gradients = _draws("float32", 2)
    raw = Raw(name, start, traced=False)
    before = raw.values()
    updates = raw.optimizer.updates([tf.constant(g) for g in gradients.values()])
    written = {id(variable) for variable, _ in updates}
    assert written == {id(v) for v in (raw.parameters | raw.optimizer.state).values()}
    assert len(updates) == len(written)
    assert not any(before[n].any() for n in raw.optimizer.state)
    assert all(np.array_equal(v, before[n]) for n, v in raw.values().items())


def test_as_many_gradients_are_wanted_as_there_are_parameters():
    start, gradients = _draws("float32", 2)
    optimizer = Raw("adam", start, traced=False).optimizer
    with pytest.raises(ValueError, match="shorter"):
        optimizer.updates([tf.constant(g) for g in gradients.values()][:2])


def test_every_value_is_worked_out_before_the_first_is_written():
    a, b = tf.Variable(1.0), tf.Variable(2.0)

    @tf.function
    def swap():
        assign_all([(a, b.read_value()), (b, a.read_value())])

    swap()
    assert (a.numpy(), b.numpy()) == (2.0, 1.0)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        a, b = tf.Variable(1.0), tf.Variable(2.0)
        swap = assign_all([(a, b * 3), (b, a * 3)])
        session.run(tf.compat.v1.global_variables_initializer())
        for _ in range(5):
            session.run(swap)
        assert session.run([a, b]) == [2 * 3**5, 3**5]
