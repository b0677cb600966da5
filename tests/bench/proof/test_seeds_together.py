"""Seeds in one graph: each ends where its single run does, and whoever does not is named."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from bench import twins
from bench.data.epoch_order import epoch_order
from bench.errors import NotVerified
from bench.proof.noise_floor import HEADROOM
from bench.proof.seeds_together import CheckedSeeds, check_seeds
from bench.specs import OPTIMIZERS, default_config
from tests.quick import quick_are

DENSE = ("perceptron", "mlp", "mlp-dropout")
STEPS = 3  # two whole batches and a partial one


@pytest.mark.parametrize("model", quick_are(DENSE, "perceptron", "mlp-dropout"))
def test_each_seed_ends_within_the_noise_of_its_single_run(model, small):
    """A sum over a batch goes another way there, so that the same bits are not asked for."""
    config = default_config(model, optimizer="adam")
    proof = CheckedSeeds(check_seeds(config, 3, small(config), STEPS)).proof
    assert (proof.seeds, proof.steps) == (3, 2 if model == "perceptron" else STEPS)
    assert proof.parted == []
    for name, far in proof.distances.items():
        assert far.max_relative <= HEADROOM * proof.floors[name], name


@pytest.mark.parametrize("optimizer", quick_are(OPTIMIZERS))
@pytest.mark.full
def test_with_every_optimizer(optimizer, small):
    config = default_config("mlp-dropout", optimizer=optimizer)
    assert check_seeds(config, 2, small(config), STEPS).parted == []


def test_masks_of_dropout_are_those_of_the_single_runs(small):
    """Every seed's counter goes on alike, and each has drawn its own seed."""
    config = default_config("mlp-dropout")
    x, y = twins.inputs_and_targets(config, small(config).train)
    engine = twins.raw_seeds(config, 2)
    orders = np.stack([epoch_order(each, len(x), 0) for each in twins.seeds_of(config, 2)])
    losses = engine.train_seeds(x, y, orders, config.batch_size)
    assert losses.shape == (2,)
    (seed_a, steps_a), (seed_b, steps_b) = engine.get_weights()["dropout_1/seed_state"]
    assert steps_a == steps_b == STEPS
    assert seed_a != seed_b


def test_predictions_are_those_of_each_seed(small):
    config = default_config("mlp")
    x, _ = twins.inputs_and_targets(config, small(config).test)
    every = twins.raw_seeds(config, 3).predict(x, 64)
    for number, each in enumerate(twins.seeds_of(config, 3)):
        alone = twins.raw_engine(each, twins.initial_weights(each)).predict(x, 64)
        assert np.allclose(every[number], alone, rtol=1e-4, atol=1e-6)  # some roundings apart


@pytest.mark.parametrize("fault", ["order", "mean"])
def test_a_seed_that_trains_otherwise_is_named(fault, small, monkeypatch):
    """Two seeds walk each other's batches; or all losses have one mean."""
    config = default_config("mlp")
    if fault == "order":
        train = twins.Vectorised.train_seeds
        swapped = lambda self, x, y, orders, size: train(self, x, y, orders[::-1], size)  # noqa: E731
        monkeypatch.setattr(twins.Vectorised, "train_seeds", swapped)
    else:
        monkeypatch.setattr(twins, "STACKED", replace(twins.STACKED, mean=tf.reduce_mean))
    proof = check_seeds(config, 2, small(config), STEPS)
    assert proof.parted
    with pytest.raises(NotVerified, match="mlp: 2 seeds together are not their single runs"):
        CheckedSeeds(proof)


def test_every_seed_wants_an_order_of_its_own(small):
    config = default_config("perceptron")
    x, y = twins.inputs_and_targets(config, small(config).train)
    with pytest.raises(ValueError, match="1 orders for 2 seeds: give each its own"):
        twins.raw_seeds(config, 2).train_seeds(x, y, np.arange(8)[np.newaxis], 4)
