"""Where a value comes from, and what is set up alike."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.diagnose.align import frontier
from bench.diagnose.causes_transplant import narrows
from bench.diagnose.places import Place, returned
from bench.diagnose.watch import Watch
from bench.diagnose.where_from import number_handed
from bench.diagnose.where_made import is_like

SOURCE = """
def share(self):
    part = self.alpha
    return part
def whole(self):
    return self.alpha
"""


@pytest.mark.parametrize(("line", "told"), [(4, 3), (6, 6)])
def test_a_bare_name_is_handed_on_from_where_it_was_set(tmp_path, line, told):
    file = tmp_path / "net.py"
    file.write_text(SOURCE)
    assert returned(Place(str(file), line)).line == told


@pytest.mark.parametrize(
    ("ours", "theirs", "alike"),
    [
        ({"axis": 1}, {}, False),
        ({"name": "norm", "gamma_initializer": "zeros"}, {}, True),
    ],
)
def test_layers_are_alike_by_their_settings(ours, theirs, alike):
    norm = keras.layers.BatchNormalization
    assert is_like(norm(**ours), norm(**theirs)) == alike


def test_an_activation_may_be_an_op_of_its_own():
    dense = keras.layers.Dense
    assert is_like(dense(3), dense(3, activation="relu"))
    assert not is_like(keras.layers.Dropout(0.2), keras.layers.AlphaDropout(0.2))


def _trace(run):
    watch = Watch()
    with watch.running(), watch.keeping():
        result = run()
    return watch.trace, result._id


def _rate():
    return 0.75


def test_a_number_comes_from_the_function_that_handed_it_on():
    trace, end = _trace(lambda: tf.ones((3,)) * _rate())
    place = number_handed(trace, trace.maker[end])
    assert place is not None
    assert place.text == "return 0.75"


def test_a_cast_that_cuts_numbers_off_is_no_plumbing():
    x = tf.constant([0.5, 1.5, 2.5])
    trace, end = _trace(lambda: tf.cast(tf.cast(x, tf.int32), tf.float32) - x)
    held = {x._id: [0]}
    assert frontier(trace, trace.ancestors(end), held).kind == "Cast"


def test_a_reduced_number_is_of_the_data():
    x = tf.constant(np.arange(6.0, dtype="f4"))
    trace, end = _trace(lambda: 0.5 * tf.reduce_sum(x))
    total = next(n.outputs[0] for n in trace.nodes if n.kind == "Sum")
    assert frontier(trace, trace.ancestors(end, {total}), {total: [0]}).kind == "Mul"


def test_all_goes_on_through_the_end_of_a_block():
    x = tf.constant(np.ones((2, 3), "f4"))

    def block():
        h = tf.square(x)
        return tf.tanh(h + tf.exp(h))

    trace, end = _trace(block)
    kinds = [n.kind for n in narrows(trace, trace.ancestors(end))]
    assert kinds == ["Square", "AddV2"]
