"""What ``bench.diagnose.op_watch`` relies on inside TensorFlow: fails where that changes."""

import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose.op_watch import graph_gradients, run_again, watching


def _kinds(run):
    seen = []
    with watching(seen.append):
        run()
    return [call.kind for call in seen]


def test_every_op_of_forward_tape_and_update_is_seen():
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(v))
        v.assign_sub(0.1 * tape.gradient(loss, v))

    kinds = _kinds(step)
    assert {"Square", "Sum", "Mul", "AssignSubVariableOp"} <= set(kinds)


def test_what_is_put_in_an_ops_place_is_what_its_caller_gets_and_the_tape_follows_it():
    v = tf.Variable([1.0, 2.0, 3.0, 6.0])

    def swap(call):
        if call.kind == "Sum":
            call.outputs[0] = tf.reduce_mean(call.inputs[0])

    with watching(swap), tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * v)
    assert float(loss) == pytest.approx(12.5)
    np.testing.assert_allclose(tape.gradient(loss, v), np.array([1, 2, 3, 6]) / 2)


def test_the_slow_path_of_an_op_takes_another_output_too():
    v = tf.Variable([3.0])

    def swap(call):
        if call.kind == "Mul":
            call.outputs[0] = call.inputs[0] * 10.0

    with watching(swap), tf.GradientTape() as tape:
        product, *_ = run_again("Mul", [tf.identity(v), tf.constant([2.0])], ("T", 1), 1)
    assert float(product[0]) == 30.0
    assert float(tape.gradient(product, v)[0]) == 10.0


def test_a_function_gets_tensors_while_it_is_watched_as_it_would_when_traced():
    kinds = []

    @tf.function
    def halved(x):
        kinds.append(type(x))
        return x / 2.0

    assert "RealDiv" in _kinds(lambda: halved(np.ones(3, "f4")))
    assert issubclass(kinds[0], tf.Tensor)


def test_afterwards_nothing_is_watched():
    seen = []
    with watching(seen.append):
        pass
    tf.add(1.0, 2.0)
    assert not seen
    assert not tf.config.functions_run_eagerly()


def test_what_a_write_leaves_in_a_variable_can_be_read_back():
    v, found = tf.Variable([1.0]), []
    with watching(lambda call: found.append(call.read_back()) if call.is_write else None):
        v.assign_add([2.0])
    assert float(found[0][0]) == 3.0


def test_gradients_of_a_graph_are_told():
    told = []
    with graph_gradients(lambda *call: told.append(call)), tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [])
        tf.compat.v1.gradients(x * x, [x])
    ((_, xs, gradients),) = told
    assert len(xs) == len(gradients) == 1


def test_an_op_is_run_again_whose_caller_left_an_attribute_to_its_default():
    """As ``tf.nn.conv1d`` does, to whose op the rest of the attributes are added."""
    x, w = tf.ones((2, 5, 1)), tf.Variable(tf.ones((3, 1, 2)))
    calls = []
    with watching(calls.append):
        tf.nn.conv1d(x, w, 1, "VALID")
    call = next(c for c in calls if c.kind == "Conv2D")
    with tf.GradientTape() as tape:
        kernel = tf.expand_dims(w, 0)
        (made,) = run_again(call.kind, [call.inputs[0], kernel], call.attrs, 1)
    assert made.shape == call.outputs[0].shape
    np.testing.assert_allclose(tape.gradient(made, w), np.full((3, 1, 2), 6.0))
