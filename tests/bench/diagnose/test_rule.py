"""An update written by hand is followed by itself, and a change to one of its ops found."""

import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose.rule import Rule
from bench.diagnose.rule_edits import edits
from bench.diagnose.rule_numbers import numbers_of
from bench.diagnose.watch import Watch, handle_id

CONFIG = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
RATE, STEPS = 0.01, 3
X = np.random.default_rng(5).normal(size=(12, 4)).astype("f4")


class Adam:
    """Two weights and Adam, with one of its numbers and one of its operations open."""

    def __init__(self, debias=0.9, root=tf.sqrt):
        self.debias, self.root = debias, root
        rng = np.random.default_rng(6)
        self.weights = [tf.Variable(rng.normal(size=s).astype("f4")) for s in ((4, 3), (3,))]
        self.means, self.squares = (
            [tf.Variable(tf.zeros_like(w)) for w in self.weights] for _ in range(2)
        )
        self.count = tf.Variable(0.0)

    def step(self):
        """Take a step."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ self.weights[0] + self.weights[1] - 1.0))
        gradients = tape.gradient(loss, self.weights)
        self.count.assign_add(1.0)
        for w, g, m, v in zip(self.weights, gradients, self.means, self.squares, strict=True):
            m.assign(0.9 * m + 0.1 * g)
            v.assign(0.999 * v + 0.001 * tf.square(g))
            mean = m / (1 - self.debias**self.count)
            w.assign_sub(RATE * mean / (self.root(v / (1 - 0.999**self.count)) + 1e-7))


def walked(adam):
    """Return (traces, handles, the weights before and after each step, the gradients)."""
    traces, weights, gradients = [], [[w.numpy() for w in adam.weights]], []
    handles = [handle_id(w) for w in adam.weights]
    with (watch := Watch()).running():
        for s in range(STEPS):
            watch.begin(s)
            adam.step()
            traces.append(watch.trace)
            gradients.append({i: watch.gradients[0][h] for i, h in enumerate(handles)})
            weights.append([w.numpy() for w in adam.weights])
    return traces, handles, weights, gradients


def follows(rule, weights, gradients, edit=None):
    """Return whether an update makes these weights of these gradients."""
    state = rule.begun()
    for s in range(STEPS):
        rule.step(s, state, weights[s], gradients[s], edit)
        for i in rule.which:
            if not np.allclose(state[rule.handles[i]], weights[s + 1][i], rtol=1e-5, atol=1e-6):
                return False
    return True


@pytest.mark.parametrize("which", [0, 1])
def test_an_update_is_followed_on_its_own_way(which):
    traces, handles, weights, gradients = walked(Adam())
    assert follows(Rule(traces, handles, [which]), weights, gradients)


@pytest.mark.parametrize(
    ("faulty", "says", "line"),
    [
        (Adam(debias=0.999), "0.9 in the place of 0.999", "mean = m /"),
        (Adam(root=tf.identity), "Sqrt of the first operand of AddV2", "w.assign_sub("),
    ],
    ids=["another number", "no root"],
)
def test_the_op_is_found_that_differs(faulty, says, line):
    *_, weights, gradients = walked(Adam())
    traces, handles, *_ = walked(faulty)
    rule = Rule(traces, handles, [0])
    assert not follows(rule, weights, gradients)
    mends = (
        e for e in edits(rule, numbers_of(CONFIG, RATE)) if follows(rule, weights, gradients, e)
    )
    first = next(mends)
    assert says in first.remedy
    assert line in first.node.place.text


class CountedFirst(Adam):
    """Moves its count on before it takes the gradient."""

    def step(self):
        """Take a step."""
        self.count.assign_add(1.0)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ self.weights[0] + self.weights[1] - 1.0))
        for w, g, m in zip(
            self.weights, tape.gradient(loss, self.weights), self.means, strict=True
        ):
            m.assign(0.9 * m + 0.1 * g)
            w.assign_sub(RATE * m / (1 - self.debias**self.count))


def test_a_count_may_move_before_the_gradient_is_taken():
    traces, handles, weights, gradients = walked(CountedFirst())
    assert follows(Rule(traces, handles, [0]), weights, gradients)
