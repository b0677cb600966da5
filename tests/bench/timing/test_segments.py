"""What a segment is: how many samples, how many epochs, on which data."""

import pickle

import numpy as np
import pytest

from bench.specs import default_config
from bench.timing.samples import ModelData, Samples
from bench.timing.segments import LEAST_STEPS, samples_an_epoch, trainer


@pytest.mark.parametrize(
    ("whole", "step_seconds", "expected"),
    [
        (1000, 0.001, 1000),  # there is time for all of it
        (1000, 0.05, 200),  # for twenty steps of ten
        (1000, 9.0, 20),  # for none: two steps all the same
        (30, 0.001, 10 * LEAST_STEPS),  # few data are walked several times
        (30, 0.05, 200),
    ],
)
def test_an_epoch_is_whole_or_what_can_be_afforded(whole, step_seconds, expected):
    assert samples_an_epoch(whole, 10, step_seconds, max_seconds=1.0) == expected


def test_samples_are_repeated_where_there_are_too_few_and_stay_the_same_arrays():
    samples = Samples(np.arange(3), np.arange(3) + 10)
    x, y = samples.first(5)
    assert (x.tolist(), y.tolist()) == ([0, 1, 2, 0, 1], [10, 11, 12, 10, 11])
    assert samples.first(5)[0] is x
    assert samples.first(2)[0].tolist() == [0, 1]


def test_data_go_to_another_process_by_name():
    data = ModelData(default_config("perceptron"), "digits", 50)
    x = data.train.x
    sent = pickle.dumps(data)
    assert len(sent) < x.nbytes
    assert np.array_equal(pickle.loads(sent).train.x, x)


class OneAtATime:
    """An engine that notes the orders of its epochs."""

    def __init__(self):
        self.orders = []

    def train_epoch(self, x, y, order, batch_size):
        self.orders.append(order.tolist())
        return float(len(self.orders))


def test_an_engine_without_epochs_of_its_own_gets_a_new_order_for_each():
    engine = OneAtATime()
    x = np.arange(8)
    assert trainer(engine, seed=0)(x, x, 4, epochs=2) == 2.0
    first, second = engine.orders
    assert sorted(first) == sorted(second) == list(range(8))
    assert first != second
    trainer(engine, seed=0)(x, x, 4, epochs=1, shuffle=False)
    assert engine.orders[-1] == list(range(8))
