"""Copies of a model, each on its part of a batch, train as one model does on the whole of it.

In float64, where the order of a sum is worth 1e-16: what is left of a difference is a mistake. All
replicas are on one device here; ``tests/bench/scale`` has several.
"""

import numpy as np
import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.scale.by_hand import replicated_engine
from bench.specs import default_config
from tests.quick import quick_are

CPU = "CPU:0"
# batches of 8; of the last one, of 5 samples or 1, replicas get different parts, or nothing
CASES = [
    ("perceptron", "adam", 2, 21),
    ("mlp-dropout", "momentum", 2, 17),
    ("mlp-dropout", "rmsprop", 3, 21),
    ("convnet-dropout", "sgd", 2, 13),
    ("mlp", "nesterov", 4, 21),
]


def config_of(model, optimizer="sgd", **more):
    return default_config(model, optimizer=optimizer, batch_size=8, dtype="float64", **more)


def trained(engine, config, samples):
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", samples).train)
    loss = engine.train_epoch(x, y, np.arange(samples), config.batch_size)
    return engine, loss


def replicated(config, n, **how):
    return replicated_engine(config, twins.initial_weights(config), [CPU] * n, **how)


def one(config):
    return twins.raw_engine(config, twins.initial_weights(config))


def apart(a, b):
    weights = b.get_weights()
    return max(
        np.max(np.abs(value - weights[name])) / max(1e-2, np.max(np.abs(weights[name])))
        for name, value in a.get_weights().items()
    )


@pytest.mark.parametrize(("model", "optimizer", "n", "samples"), quick_are(CASES, *CASES[:2]))
def test_replicas_train_as_one_model_with_the_whole_batch(model, optimizer, n, samples):
    config = config_of(model, optimizer)
    replicas, loss = trained(replicated(config, n), config, samples)
    single, wanted = trained(one(config), config, samples)
    assert apart(replicas, single) < 1e-12
    assert loss == pytest.approx(wanted, rel=1e-13)
    for replica in range(1, n):
        for name, value in replicas.weights_of(replica).items():
            assert value.tobytes() == replicas.weights_of(0)[name].tobytes(), name


@pytest.mark.parametrize("samples", [16, 21])
def test_a_mean_of_means_is_another_loss_where_parts_differ(samples):
    """What Keras does under MirroredStrategy, and what the test above would find."""
    config = config_of("perceptron")
    replicas, _ = trained(replicated(config, 2, counting="replica"), config, samples)
    single, _ = trained(one(config), config, samples)
    assert (apart(replicas, single) < 1e-12) == (samples % 8 == 0)


@pytest.mark.full
def test_a_mask_of_its_own_on_each_replica_is_another_program():
    config = config_of("mlp-dropout")
    replicas, _ = trained(replicated(config, 2, counting="replica"), config, 16)
    single, _ = trained(one(config), config, 16)
    assert apart(replicas, single) > 1e-4


@pytest.mark.full
def test_averages_of_batch_norm_are_averaged_or_grow_apart():
    config = config_of("convnet-batchnorm")
    name = "batch_norm_2/moving_mean"
    averaged, _ = trained(replicated(config, 2), config, 13)
    left, _ = trained(replicated(config, 2, counting="replica"), config, 13)
    a, b = (averaged.weights_of(replica)[name] for replica in (0, 1))
    np.testing.assert_array_equal(a, b)
    c, d = (left.weights_of(replica)[name] for replica in (0, 1))
    assert np.abs(c - d).max() > 1e-5


@pytest.mark.parametrize("model", ["convnet", "convnet-batchnorm"])
def test_a_replica_of_a_convnet_needs_a_sample(model):
    with pytest.raises(ValueError, match="a batch of 1 leaves one of 2 replicas without a sample"):
        trained(replicated(config_of(model), 2), config_of(model), 17)


def test_a_probe_shows_the_gradients_of_all_replicas_together():
    config = config_of("mlp")
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 5).train)
    mine, wanted = replicated(config, 2).probe(x, y), one(config).probe(x, y)
    np.testing.assert_allclose(mine.logits, wanted.logits, rtol=1e-13)
    assert float(mine.loss) == pytest.approx(float(wanted.loss), rel=1e-13)
    for name, gradient in wanted.gradients.items():
        np.testing.assert_allclose(mine.gradients[name], gradient, rtol=1e-11, atol=1e-15)
