import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.proof.distance import EQUAL, UNLIKE, distance, ulp_distance


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_next_number_is_one_ulp_away(dtype, data):
    width = np.dtype(dtype).itemsize * 8
    value = data.draw(
        st.floats(
            width=width,
            allow_nan=False,
            allow_infinity=False,
            max_value=2.0**99,
            min_value=-(2.0**99),
        )
    )
    a = np.array([value], dtype)
    b = np.nextafter(a, np.array([np.inf], dtype))
    if value != 0:
        assert ulp_distance(a, b) == ulp_distance(b, a) == 1


def test_zeros_of_both_signs_are_the_same_number():
    assert ulp_distance(np.float32([0.0]), np.float32([-0.0])) == 0


def test_distance_across_zero_counts_both_sides():
    tiny = np.float32(1e-45)
    assert ulp_distance(np.array([-tiny]), np.array([tiny])) == 2


def test_the_largest_of_each_measure_is_kept():
    found = distance(np.float32([1.0, 8.0]), np.float32([1.5, 8.0]))
    assert found.max_abs == 0.5
    assert found.max_relative == 0.5 / 8
    assert found.max_ulp == 2**22
    assert found | EQUAL == found


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (np.float32([1.0]), np.float64([1.0])),
        (np.float32([1.0]), np.float32([1.0, 2.0])),
        (np.float32([np.nan]), np.float32([1.0])),
    ],
)
def test_what_cannot_be_compared_is_as_far_as_can_be(a, b):
    assert distance(a, b) == UNLIKE


def test_integers_are_compared_by_difference():
    assert distance(np.int64([3, -5]), np.int64([3, -7])).max_ulp == 2
