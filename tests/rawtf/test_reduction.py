"""Sums over replicas, each in the order that it says: to the bit, against NumPy in that order."""

import numpy as np
import pytest
import tensorflow as tf

from bench.specs import REDUCTIONS
from rawtf.reduction import ORDERS

SHAPE = (3, 5)


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
    chunks = np.array_split(np.arange(flat[0].size), n) if flat[0].size % n == 0 else None
    length = -(-flat[0].size // n)
    places = chunks or [np.arange(flat[0].size)[i * length : (i + 1) * length] for i in range(n)]
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


def test_in_turn_is_the_order_of_add_n():
    """What ``tf.distribute`` does on one machine without NCCL."""
    rng = np.random.default_rng(1)
    values = [tf.constant(rng.normal(size=1000).astype(np.float32)) for _ in range(5)]
    assert tf.add_n(values).numpy().tobytes() == ORDERS["in-turn"](values).numpy().tobytes()


def test_the_command_line_has_the_same_orders():
    assert tuple(ORDERS) == REDUCTIONS
