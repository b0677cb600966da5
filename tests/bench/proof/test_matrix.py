"""Every entry of every registry in a pair that is compared: a new one is tested by being there."""

import os
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from bench import twins
from bench.data.epoch_order import orders
from bench.data.for_model import dataset_for
from bench.proof.causes import causes
from bench.proof.criteria import ROUNDING_FLOAT64
from bench.proof.distance import distance, largest
from bench.proof.exact_mode import set_exact
from bench.proof.lockstep import check
from bench.specs import (
    GRADIENTS,
    KERAS_ENGINES,
    KERNELS,
    MODELS,
    OPTIMIZERS,
    RAW_ENGINES,
    default_config,
)
from tests.quick import every_pair, quick_are

BATCH_SIZE, LIMIT = 16, 40  # two full batches and a partial one


@pytest.mark.parametrize(("model", "optimizer"), every_pair(MODELS, OPTIMIZERS))
def test_every_engine_ends_in_the_bits_of_fit(model, optimizer):
    """Every model, optimizer and engine: weights, states and slots after an epoch of fit.

    But for an engine of which it is said why not, and then they do differ.
    """
    config = _config(model, optimizer=optimizer)
    keras = {}
    for engine in RAW_ENGINES:
        each = config.but(engine=engine)
        mode = str(set_exact(each))  # eager wants another one, and Keras alike
        if mode not in keras:
            keras[mode] = _trained(twins.keras_engine, each)
        raw = _trained(twins.raw_engine, each)
        apart = 0
        for ours, theirs in zip(raw, keras[mode], strict=True):
            assert ours.keys() == theirs.keys()
            apart = max(apart, largest(ours, theirs).max_ulp)
        assert (apart == 0) == (not causes(each)), engine


@pytest.mark.parametrize(
    ("model", "keras_engine"),
    quick_are(product(MODELS, KERAS_ENGINES), *zip(MODELS, KERAS_ENGINES, strict=False)),
)
def test_every_keras_engine_ends_in_the_bits_of_the_raw_one_unless_it_is_said_why(
    model, keras_engine
):
    config = _config(model, keras_engine=keras_engine)
    set_exact(config)
    raw, keras = (_trained(make, config)[0] for make in (twins.raw_engine, twins.keras_engine))
    if causes(config):
        assert 0 < largest(raw, keras).max_relative < 1e-3
    else:
        assert largest(raw, keras).max_ulp == 0


@pytest.mark.full
@pytest.mark.parametrize("model", MODELS)
def test_every_kernel_set_and_gradient_source_agrees_in_float64(model):
    fused = _config(model, dtype="float64", optimizer="adam")
    set_exact(fused)
    keras, _ = _trained(twins.keras_engine, fused)
    for kernels, gradients in product(KERNELS, GRADIENTS):
        config = fused.but(kernels=kernels, gradients=gradients)
        raw, _ = _trained(twins.raw_engine, config)
        for name, value in keras.items():
            found = distance(raw[name], value)
            assert ROUNDING_FLOAT64.holds(found, "weights after fit", name), (name, found)
        if model != "perceptron":  # so short a sum may round alike in two orders
            assert (largest(raw, keras).max_ulp == 0) == (not causes(config))


@pytest.mark.full
@pytest.mark.parametrize("engine", RAW_ENGINES)
def test_gradients_by_hand_train_in_every_engine(engine):
    config = _config("convnet-full", engine=engine, gradients="manual", dtype="float64")
    assert check(config, _dataset(config), max_steps=2).holds


@pytest.mark.full
def test_fit_of_several_steps_a_call_holds_the_same_bits():
    config = _config("convnet-full", steps_per_execution=2)
    found = check(config, _dataset(config))
    assert (found.holds, found.max_ulp) == (True, 0)


@pytest.mark.full
def test_fit_of_data_that_the_batch_size_divides_holds_the_same_bits():
    config = _config("convnet-batchnorm", engine="epoch").but(batch_size=20)
    found = check(config, _dataset(config))
    assert (found.holds, found.max_ulp, found.steps) == (True, 0, 2)


@pytest.mark.full
def test_xla_stays_within_the_noise_floor():
    # in a process of its own: XLA compiles no MaxPoolGrad where op determinism was ever on
    environment = os.environ | {"GVK_MNIST": ""}
    pair = ["parity", "convnet", "--xla", "--batch-size", "8"]
    short = ["--steps", "2", "--limit", "20", "--dataset", "digits"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *pair, *short],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "within 8 times the noise floor over 2 steps" in done.stdout


def _config(model, **dials):
    return default_config(model, epochs=1, batch_size=BATCH_SIZE, **dials)


def _dataset(config):
    return dataset_for(config.spec, "digits", LIMIT)


def _trained(make, config):
    """Return variables and optimizer state after the epochs, from the common draw."""
    engine = make(config, twins.initial_weights(config))
    x, y = twins.inputs_and_targets(config, _dataset(config).train)
    for order in orders(config, len(x)):
        engine.train_epoch(x, y, order, config.batch_size)
    found = engine.get_weights(), engine.get_optimizer_state()
    assert all(np.isfinite(v).all() for side in found for v in side.values())
    return found
