"""TensorFlow 1 graphs with a loop in them, and those that cannot be followed."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose import diagnose
from bench.diagnose.build import build
from bench.errors import UserError
from bench.host.fresh_process import fresh_process

tf1 = tf.compat.v1
X = np.random.default_rng(4).normal(size=(64, 4)).astype("f4")
Y = X[:, :1]
TURNS = 3


def _model():
    x = h = keras.Input((4,))
    layer = keras.layers.Dense(4, "tanh", use_bias=False)
    for _ in range(TURNS):
        h = layer(h)
    model = keras.Model(x, keras.layers.Dense(1, use_bias=False)(h))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


class Looped:
    """The same network, its turns counted by ``tf.while_loop`` in a graph."""

    def __init__(self, turns=TURNS, use_resource=True):
        graph = tf.Graph()
        with graph.as_default():
            self.x = tf1.placeholder(tf.float32, [None, 4])
            self.y = tf1.placeholder(tf.float32, [None, 1])
            u, w = (
                tf1.get_variable(name, shape, use_resource=use_resource)
                for name, shape in (("u", (4, 4)), ("w", (4, 1)))
            )
            _, h = tf.while_loop(
                lambda i, h: i < turns, lambda i, h: (i + 1, tf.tanh(h @ u)), [0, self.x]
            )
            self.p = h @ w
            self.loss = tf.reduce_mean(tf.square(self.p - self.y))
            slopes = tf1.gradients(self.loss, [u, w])
            self.update = [tf1.assign_sub(v, 0.1 * g) for v, g in zip([u, w], slopes, strict=True)]
            self.variables = [u, w]
            init = tf1.global_variables_initializer()
        self.session = tf1.Session(graph=graph)
        self.session.run(init)

    def train_step(self, x, y):
        return self.session.run([self.loss, self.update], {self.x: x, self.y: y})[0]

    def predict(self, x):
        return self.session.run(self.p, {self.x: x})


def test_a_while_loop_is_run_turn_by_turn():
    assert diagnose(Looped, _model, (X, Y)).verdict == "agree"


def test_a_turn_too_many_is_seen():
    found = diagnose(lambda: Looped(TURNS + 1), _model, (X, Y))
    assert found.verdict == "disagree"
    assert found.findings[0].rung == "forward"


def test_reference_variables_are_refused_in_one_line():
    with pytest.raises(UserError, match="use_resource=True"):
        diagnose(lambda: Looped(use_resource=False), _model, (X, Y))


def _drawn_twice(exact=False):
    if exact:
        tf.config.experimental.enable_op_determinism()
    return [[v.tolist() for v in _read(build(Looped, "loop", {}))] for _ in range(2)]


def _read(program):
    program.variables = program.found_variables()
    return program.read()


def test_a_graph_without_a_seed_starts_from_the_same_weights_with_every_build():
    first, second = _drawn_twice()
    assert first == second


def test_a_graph_without_a_seed_is_built_where_ops_have_to_be_deterministic():
    with fresh_process() as executor:
        first, second = executor.submit(_drawn_twice, exact=True).result()
    assert first == second
