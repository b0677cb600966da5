"""The way to a line: who ran an op, what functions handed on, where objects were made."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose.births import births
from bench.diagnose.stack import users_stack
from bench.diagnose.watch import Watch, handle_id
from bench.diagnose.where_from import passed


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)

    def call(self, x):
        return self.head(x)


class Plain(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def _text(place):
    return place.text if place else None


def test_an_object_is_born_where_it_is_made_and_not_in_its_own_init():
    with births() as born:
        net = Net()
        twice = Plain()
        twice(np.ones((1, 2), "f4"))
    assert _text(born.place(net)) == "net = Net()"
    assert _text(born.place(net.head)) == "self.head = keras.layers.Dense(1)"
    assert _text(born.place(twice)) == "twice = Plain()"


def test_what_a_step_makes_is_late():
    with births() as born:
        first = keras.optimizers.SGD(0.1)
    with births(born):
        second = keras.optimizers.SGD(0.2)
    assert born.optimizers == [first]
    assert born.late == [second]
    assert "SGD(0.2)" in _text(born.place(second))
    assert keras.optimizers.Optimizer.__init__.__name__ == "__init__"


@pytest.fixture
def watch():
    return Watch()


def _kept(watch, run):
    with watch.running(), watch.keeping():
        run()
    return watch.trace


def test_an_op_knows_the_objects_that_ran_it(watch):
    loss = keras.losses.MeanSquaredError()
    trace = _kept(watch, lambda: loss(np.ones((2, 1), "f4"), tf.zeros((2, 1))))
    squares = [n for n in trace.nodes if n.kind in ("Square", "SquaredDifference")]
    assert squares
    assert id(loss) in squares[0].owners
    assert "loss(np.ones" in _text(squares[0].place)


STATE = tf.Variable([1.0, 2.0])


def _state():
    return STATE


def _doubled(x):
    return 2.0 * x


def test_a_tensor_comes_from_the_function_that_handed_it_on(watch):
    made = []

    def run():
        made.append(_doubled(tf.identity(_state())))

    trace = _kept(watch, run)
    double = next(n for n in trace.nodes if n.kind == "Mul")
    state = next(i for i in double.inputs if trace.values[i].size == 2)
    assert _text(passed(trace, state)) == "return STATE"
    assert _text(passed(trace, made[0]._id)) == "return 2.0 * x"
    assert any(handle_id(STATE) in each.parts for each in trace.returns)


def test_nothing_is_kept_of_a_step_that_is_not_recorded():
    assert _kept(Watch(record=False), _state).returns == []


def test_the_stack_ends_at_the_users_own_lines():
    assert users_stack().places[0].function == "test_the_stack_ends_at_the_users_own_lines"
