"""Sums over replicas, each in the order that it says: to the bit, against NumPy in that order."""

import numpy as np
import pytest
import tensorflow as tf

from bench.specs import REDUCTIONS
from rawtf.reduction import ORDERS, packed, unpacked

SHAPE = (13, 8)


def in_turn(values):
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def tree(values):
    while len(values) > 1:
        odd = values[len(values) // 2 * 2 :]
        values = [a + b for a, b in zip(values[::2], values[1::2], strict=False)] + odd
    return values[0]


def ring(values):
    n, flat = len(values), [value.ravel() for value in values]
    length = (-(-flat[0].size // n) // 16 + 1) * 16  # floats of 4 bytes, to the next 64 bytes
    places = [slice(i * length, (i + 1) * length) for i in range(n)]
    summed = [
        in_turn([flat[(i + k) % n][place] for k in range(n)]) for i, place in enumerate(places)
    ]
    return np.concatenate(summed).reshape(values[0].shape)


@pytest.mark.parametrize("replicas", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    ("name", "formula"), [("in-turn", in_turn), ("tree", tree), ("ring", ring)]
)
def test_a_sum_has_the_bits_of_its_order(name, formula, replicas):
    rng = np.random.default_rng(replicas)
    values = [rng.normal(size=SHAPE).astype(np.float32) * 10.0**k for k in range(replicas)]
    summed = ORDERS[name]([tf.constant(value) for value in values]).numpy()
    assert summed.tobytes() == formula(values).tobytes()


def test_of_two_every_order_is_the_same_and_of_four_none():
    rng = np.random.default_rng(0)
    values = [tf.constant(rng.normal(size=1000).astype(np.float32)) for _ in range(4)]
    two, four = ({name: order(values[:n]).numpy().tobytes() for name, order in ORDERS.items()}
                 for n in (2, 4))  # fmt: skip
    assert len(set(two.values())) == 1
    assert len(set(four.values())) == 3


def test_what_was_packed_is_unpacked():
    gradients = [tf.reshape(tf.range(6.0), (2, 3)), tf.constant(7.0), tf.range(4.0)]
    pack = packed(gradients)
    assert pack.numpy().tolist() == [0, 1, 2, 3, 7, 0, 1, 2, 3, 4, 5]
    for found, wanted in zip(unpacked(pack, gradients), gradients, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_in_turn_is_the_order_of_add_n():
    """What ``tf.distribute`` does on one machine without NCCL."""
    rng = np.random.default_rng(1)
    values = [tf.constant(rng.normal(size=1000).astype(np.float32)) for _ in range(5)]
    assert tf.add_n(values).numpy().tobytes() == ORDERS["in-turn"](values).numpy().tobytes()


def test_the_command_line_has_the_same_orders():
    assert tuple(ORDERS) == REDUCTIONS
