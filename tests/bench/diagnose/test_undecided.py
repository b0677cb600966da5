"""A pair of which rounding hides what its programs do: exit code 3, and not a word of agreement."""

import pytest

CHAOTIC = '''
import keras
import numpy as np
import tensorflow as tf

TURNS = {turns}


class Whirl(keras.layers.Layer):
    """The logistic map, over and over: each turn doubles a rounding error."""

    def call(self, x):
        for _ in range(TURNS):
            x = 3.99 * x * (1.0 - x)
        return x


def DATA():
    rng = np.random.default_rng(3)
    x = rng.random((96, 5)).astype("float32")
    return x, x[:, :1] - x[:, 1:2]


def net():
    layers = [keras.layers.Dense(6, "sigmoid"), Whirl(), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((5,)), *layers])


def reference():
    model = net()
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


class Loop:
    def __init__(self):
        self.net = net()
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub({rate} * g)
        return loss

    def predict(self, x):
        return self.net(x).numpy()


def loop():
    return Loop()
'''


@pytest.fixture
def diagnosed(gvk, tmp_path):
    """Return a function that diagnoses the pair with so many turns and a learning rate."""

    def run(turns, rate):
        (tmp_path / "pair.py").write_text(CHAOTIC.format(turns=turns, rate=rate))
        return gvk("diagnose", "pair.py", "--steps", "3")[:2]

    return run


def test_a_difference_that_rounding_hides_is_not_decided(diagnosed):
    code, out = diagnosed(60, 0.12)
    assert code == 3, out
    assert out.startswith("not decided")
    assert "--steps 1" in out


def test_without_the_chaos_the_same_difference_is_found(diagnosed):
    code, out = diagnosed(2, 0.12)
    assert code == 1, out
    assert "v.assign_sub(0.12 * g)" in out
