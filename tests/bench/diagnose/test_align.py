"""Where two tiny programs part: found by value alone."""

import numpy as np
import tensorflow as tf

from bench.diagnose.align import Alignment, same_numbers
from bench.diagnose.watch import Watch

X = np.random.default_rng(0).normal(size=(6, 5)).astype("f4")
W = tf.constant(np.random.default_rng(1).normal(size=(5, 3)).astype("f4"))


def _trace(program):
    watch = Watch()
    with watch.running():
        watch.begin(0)
        result = program(tf.constant(X))
    return watch.trace, result._id


def _parting(ours, theirs):
    (mine, a), (other, b) = _trace(ours), _trace(theirs)
    return Alignment(mine, other, [], 1.2e-7).parting(a, b)


def test_an_op_in_the_place_of_another_is_named_on_both_sides():
    parting = _parting(
        lambda x: tf.reduce_mean(tf.nn.softmax(x @ W)), lambda x: tf.reduce_mean(tf.sigmoid(x @ W))
    )
    assert (parting.first.kind, parting.their_first.kind) == ("Softmax", "Sigmoid")


def test_the_line_of_an_op_is_the_users():
    def loss(x):
        z = x @ W
        return tf.reduce_sum(tf.tanh(z))  # here

    parting = _parting(loss, lambda x: tf.reduce_sum(tf.nn.relu(x @ W)))
    assert parting.first.place.text.endswith("# here")


def test_a_result_that_the_other_goes_on_from_is_an_end():
    parting = _parting(lambda x: tf.reduce_sum(x @ W), lambda x: tf.reduce_sum(x @ W) / 18.0)
    assert parting.ours_ends
    assert parting.their_first.kind == "RealDiv"


def test_equal_numbers_made_otherwise_do_not_part():
    parting = _parting(lambda x: tf.reduce_mean(tf.square(x @ W)),
                       lambda x: tf.reduce_sum((x @ W) ** 2) / 18.0)  # fmt: skip
    assert parting.ours_ends
    assert parting.theirs_end


def test_a_turned_tensor_is_known_by_its_numbers():
    a = np.arange(6.0).reshape(2, 3)
    assert same_numbers(a, a.T, 1e-9)
    assert not same_numbers(a, a.T + 1, 1e-9)


def test_random_numbers_depend_on_step_shape_and_order_alone():
    drawn = []
    for _ in range(2):
        watch = Watch(record=False)
        with watch.running():
            watch.begin(3)
            drawn.append((tf.random.uniform((2, 2)).numpy(), tf.random.uniform((2, 2)).numpy()))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0][0], drawn[0][1])
