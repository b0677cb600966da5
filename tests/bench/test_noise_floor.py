"""The tolerance of primitive kernels against the drift that one ULP alone brings about."""

import numpy as np
import pytest

from bench import twins
from bench.batches import orders
from bench.compare import distance
from bench.criteria import criterion_for
from bench.exact import set_exact
from bench.specs import MODELS, default_config


@pytest.mark.parametrize("model", MODELS)
def test_formulas_drift_no_further_than_one_ulp_does(model, small):
    config = default_config(model, epochs=10)
    set_exact(config)
    weights = twins.initial_weights(config)
    nudged = {
        name: np.nextafter(value, np.float32(np.inf)) if name.endswith("kernel") else value
        for name, value in weights.items()
    }
    plain = _trained(config, weights, small)
    floor = _drift(_trained(config, nudged, small), plain)
    formulas = _drift(_trained(config.but(kernels="primitive"), weights, small), plain)
    assert floor > 0
    assert formulas <= floor
    assert formulas <= criterion_for(config.but(kernels="primitive")).max_relative


def _trained(config, weights, small):
    dataset = small(config)
    x, y = twins.inputs_and_targets(config, dataset.train)
    engine = twins.raw_engine(config, weights)
    for order in orders(config, len(x)):
        engine.train_epoch(x, y, order, config.batch_size)
    return engine.get_weights()


def _drift(found, plain):
    return max(distance(found[name], plain[name]).max_relative for name in plain)
