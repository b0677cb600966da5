"""Every wrong input is refused by what is wrong with it; a right one passes."""

import numpy as np
import pytest

from bench import twins
from bench.specs import RAW_ENGINES, default_config
from rawtf.checks import check_order, check_samples

X = np.zeros((6, 4), np.float32)
ONE_HOT = np.eye(3, dtype=np.float32)[[0, 1, 2, 2, 1, 0]]
BINARY = np.array([[0], [1], [1], [0], [0], [1]], np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_right_samples_pass(dtype):
    check_samples(X, ONE_HOT.astype(dtype), (4,), (3,))
    check_samples(X, BINARY.astype(dtype), (4,), (1,))
    check_samples(X.reshape(6, 2, 2, 1), ONE_HOT.astype(dtype), (2, 2, 1), (3,))


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X[:, :3], ONE_HOT, r"x has shape \(6, 3\), wanted \(samples, 4\)"),
        (X.reshape(6, 2, 2), ONE_HOT, r"x has shape \(6, 2, 2\), wanted \(samples, 4\)"),
        (X.ravel(), ONE_HOT, r"x has shape \(24,\), wanted \(samples, 4\)"),
        (X, ONE_HOT.argmax(1), r"y has shape \(6,\), wanted \(samples, 3\)"),
        (X, BINARY, r"y has shape \(6, 1\), wanted \(samples, 3\)"),
        (X, ONE_HOT[:5], "x has 6 samples and y has 5: pair them"),
        (X, ONE_HOT * 2, "y holds other values than 0 and 1"),
        (X, ONE_HOT - 1, "y holds other values than 0 and 1"),
        (X, ONE_HOT + np.nan, "y holds other values than 0 and 1"),
        (X, np.full((6, 3), 1 / 3), "y holds other values than 0 and 1"),
        (X, 1 - ONE_HOT, "y has rows without exactly one 1: give one-hot rows"),
        (X, ONE_HOT * (np.arange(6) < 5)[:, np.newaxis], "y has rows without exactly one 1"),
    ],
)
def test_wrong_samples_are_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        check_samples(x, y, (4,), (3,))


def test_two_labels_of_one_output_are_zero_and_one():
    with pytest.raises(ValueError, match="y holds other values than 0 and 1: give 0 and 1, or"):
        check_samples(X, BINARY + 7, (4,), (1,))


def test_images_are_wanted_as_images():
    with pytest.raises(ValueError, match=r"x has shape \(6, 4\), wanted \(samples, 2, 2, 1\)"):
        check_samples(X, ONE_HOT, (2, 2, 1), (3,))


@pytest.mark.parametrize("order", [[0], [5, 0, 3], [2, 2, 2, 2, 2, 2, 2]])
@pytest.mark.parametrize("batch_size", [1, 4, 1000])
def test_a_right_order_passes(order, batch_size):
    check_order(np.array(order), 6, batch_size)


@pytest.mark.parametrize(
    ("order", "batch_size", "message"),
    [
        ([0, 1], 0, "batch_size is 0: give 1 or more"),
        ([0, 1], -3, "batch_size is -3: give 1 or more"),
        ([], 2, "order is empty: give the index of one sample at least"),
        ([0, 6], 2, "order names samples outside 0 to 5"),
        ([0, -1], 2, "order names samples outside 0 to 5"),
    ],
)
def test_a_wrong_order_is_refused(order, batch_size, message):
    with pytest.raises(ValueError, match=message):
        check_order(np.array(order), 6, batch_size)


@pytest.fixture(scope="module", params=RAW_ENGINES)
def engine(request):
    config = default_config("mlp", engine=request.param)
    engine = twins.raw_engine(config, twins.initial_weights(config))
    yield engine
    engine.close()


def _samples():
    rng = np.random.default_rng(0)
    x = rng.random((6, 784)).astype(np.float32)
    return x, np.eye(10, dtype=np.float32)[rng.integers(0, 10, 6)]


def test_an_engine_refuses_integer_labels(engine):
    x, y = _samples()
    before = engine.get_weights()
    with pytest.raises(ValueError, match=r"y has shape \(6,\), wanted \(samples, 10\)"):
        engine.train_epoch(x, y.argmax(axis=1), np.arange(6), 4)
    assert all(np.array_equal(v, before[n]) for n, v in engine.get_weights().items())


def test_an_engine_checks_other_data_and_every_order_anew(engine):
    x, y = _samples()
    engine.train_epoch(x, y, np.arange(6), 4)
    with pytest.raises(ValueError, match="pair them"):
        engine.train_epoch(x, y[:5], np.arange(6), 4)
    with pytest.raises(ValueError, match="outside 0 to 5"):
        engine.train_epoch(x, y, np.arange(7), 4)
    with pytest.raises(ValueError, match="batch_size is 0"):
        engine.train_epoch(x, y, np.arange(6), 0)
