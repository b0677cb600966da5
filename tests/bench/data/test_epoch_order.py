import numpy as np
import pytest

from bench.data.epoch_order import epoch_order, orders, steps_per_epoch
from bench.specs import default_config


def test_permutation_has_every_sample_once_and_a_partial_batch():
    config = default_config("mlp", sampling="permutation")
    assert sorted(epoch_order(config, 300, 0)) == list(range(300))
    assert steps_per_epoch(config, 300) == 3


def test_replacement_has_full_batches_only():
    config = default_config("mlp", sampling="replacement")
    order = epoch_order(config, 300, 0)
    assert len(order) == 400 * 128 == steps_per_epoch(config, 300) * config.batch_size
    assert len(np.unique(order)) == 300


@pytest.mark.parametrize("sampling", ["permutation", "replacement"])
def test_an_order_depends_on_seed_and_epoch_alone(sampling):
    config = default_config("mlp", sampling=sampling, epochs=3)
    first, second, third = orders(config, 50)
    assert not np.array_equal(first, second)
    assert np.array_equal(third, epoch_order(config, 50, 2))
    assert not np.array_equal(first, epoch_order(config.but(seed=1), 50, 0))
