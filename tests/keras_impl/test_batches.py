"""Data for ``fit``: cut as the hand-written side cuts it, its batch size open."""

import numpy as np
import pytest

from keras_impl.batches import open_batches, open_signature, slices
from tests.keras_impl.little import CLASSES, INPUTS, built, samples


@pytest.mark.parametrize("batch_size", [16, 20, 40, 1000])
def test_batches_are_the_samples_in_their_order_the_last_one_what_is_left(batch_size):
    x, y = samples()
    batches = list(open_batches(x, y, batch_size).as_numpy_iterator())
    for (x_batch, y_batch), places in zip(
        batches, slices(np.arange(len(x)), batch_size), strict=True
    ):
        assert np.array_equal(x_batch, x[places])
        assert np.array_equal(y_batch, y[places])


@pytest.mark.parametrize("batch_size", [16, 20])
def test_no_graph_learns_the_size_of_a_batch(batch_size):
    shapes = [spec.shape.as_list() for spec in open_batches(*samples(), batch_size).element_spec]
    assert shapes == [[None, INPUTS], [None, CLASSES]]
    signature = open_signature(built()(), "float64")
    assert [spec.shape.as_list() for spec in signature] == shapes
    assert {spec.dtype.name for spec in signature} == {"float64"}
