"""A split and what is cut from one: arrays of one type and shape, which nobody changes."""

import numpy as np
import pytest

from bench.data.datasets import Dataset, Split, load
from bench.errors import UserError


def test_split_is_read_only_and_leaves_the_callers_arrays_alone() -> None:
    x, y = np.zeros((2, 784), np.float32), np.zeros(2, np.int64)
    split = Split(x, y)
    assert len(split) == 2
    for array in (split.x, split.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert x.flags.writeable
    assert y.flags.writeable


def test_split_makes_arrays_contiguous_and_of_the_declared_types() -> None:
    split = Split(np.zeros((2, 1568))[:, ::2], np.zeros(2, np.uint8))  # type: ignore[arg-type]
    assert split.x.dtype == np.float32
    assert split.x.flags.c_contiguous
    assert split.y.dtype == np.int64


@pytest.mark.parametrize(("x", "y"), [((2, 783), (2,)), ((3, 784), (2,)), ((2, 784), (2, 1))])
def test_split_of_other_shapes_is_a_programming_error(
    x: tuple[int, ...], y: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="want"):
        Split(np.zeros(x, np.float32), np.zeros(y, np.int64))


def labelled(*labels: int) -> Split:
    """One sample for each label, its pixels telling its place."""
    x = np.full((len(labels), 784), np.arange(len(labels))[:, None] / 100, np.float32)
    return Split(x, np.array(labels, np.int64))


def small() -> Dataset:
    split = labelled(5, 0, 1, 9, 1, 0, 3)
    return Dataset("small", "made up", "0" * 64, split, split, split)


@pytest.mark.parametrize(("n", "kept"), [(1, 1), (6, 6), (7, 7), (8, 7), (10**12, 7)])
def test_limit_keeps_the_first_samples(n: int, kept: int) -> None:
    got = small().limit(n)
    assert len(got.train) == kept
    assert len(got.test) == len(got.validation) == 7
    np.testing.assert_array_equal(got.train.y, small().train.y[:kept])
    np.testing.assert_array_equal(got.train.x, small().train.x[:kept])
    assert not got.train.x.flags.writeable
    assert got.n_classes == 10


@pytest.mark.parametrize("n", [0, -1])
def test_limit_below_one_is_refused(n: int) -> None:
    with pytest.raises(UserError, match=f"^--limit {n}: must be at least 1"):
        small().limit(n)


@pytest.mark.parametrize(
    ("pair", "places", "labels"),
    [
        ((0, 1), [1, 2, 4, 5], [0, 1, 1, 0]),
        ((1, 0), [1, 2, 4, 5], [1, 0, 0, 1]),
        ((9, 3), [3, 6], [0, 1]),
        ((1, 5), [0, 2, 4], [1, 0, 0]),
    ],
)
def test_two_digits_are_kept_in_order(
    pair: tuple[int, int], places: list[int], labels: list[int]
) -> None:
    got = small().extract_two_digits(*pair)
    assert got.n_classes == 2
    for split in (got.train, got.validation, got.test):
        np.testing.assert_array_equal(split.y, labels)
        np.testing.assert_array_equal(split.x, small().train.x[places])
        assert split.x.flags.c_contiguous
        assert not split.x.flags.writeable


def test_two_digits_are_0_and_1_by_default() -> None:
    got = load("digits").extract_two_digits()
    whole = load("digits")
    assert len(got.train) == int((whole.train.y <= 1).sum())
    np.testing.assert_array_equal(got.test.y, whole.test.y[whole.test.y <= 1])


@pytest.mark.parametrize("pair", [(3, 3), (0, 2), (2, 0), (0, 10), (-1, 0)])
def test_two_digits_that_cannot_be_had(pair: tuple[int, int]) -> None:
    with pytest.raises(UserError) as caught:
        small().extract_two_digits(*pair)
    assert "choose" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_digits_name_the_split_that_lacks_one() -> None:
    with pytest.raises(UserError, match="the train split has no digit 1"):
        small().limit(2).extract_two_digits(0, 1)
