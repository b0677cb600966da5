"""Backpropagation by hand through whole models: what autodiff finds, without autodiff."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from bench import specs, twins
from bench.specs import MODELS, RAW_ENGINES, default_config
from rawtf.kernels import KERNELS
from rawtf.step import backward, backward_by_hand
from tests.rawtf.drawn import close, draw


@pytest.mark.parametrize("form", sorted(KERNELS))
@pytest.mark.parametrize("name", MODELS)
def test_backward_by_hand_is_backward(name, form):
    config = default_config(name, kernels=form, dtype="float64")
    model, x, y = _model(config), draw(5, *config.spec.input_shape), _labels(config, 5)
    ours, theirs = backward_by_hand(model, x, y), backward(model, x, y)
    assert np.array_equal(ours.logits, theirs.logits)
    assert ours.loss == theirs.loss
    assert len(ours.gradients) == len(model.parameters)
    for mine, other in zip(ours.gradients, theirs.gradients, strict=True):
        assert np.abs(other).max() > 0
        close(mine, other, 1e-12)
    for (variable, mine), (same, other) in zip(ours.state, theirs.state, strict=True):
        assert variable is same
        assert np.array_equal(mine, other)


@pytest.mark.parametrize("engine", RAW_ENGINES)
def test_the_manual_way_never_calls_autodiff(engine, monkeypatch):
    _shrink(monkeypatch, "convnet-full")
    config = default_config("convnet-full", engine=engine, gradients="manual")
    x = draw(3, *config.spec.input_shape).astype("float32")
    y = _labels(config, 3).astype("float32")
    weights = twins.initial_weights(config)

    def refused(*_, **__):
        raise AssertionError("autodiff was called")

    monkeypatch.setattr(tf, "GradientTape", refused)
    monkeypatch.setattr(tf, "gradients", refused)
    trained = twins.raw_engine(config, weights)
    trained.train_on_batch(x, y)
    after = trained.get_weights()
    assert all((after[n] != weights[n]).any() for n in weights if n.endswith("kernel"))
    trained.close()
    with pytest.raises(AssertionError, match="autodiff was called"):
        twins.raw_engine(config.but(gradients="auto"), weights).train_on_batch(x, y)


def _model(config):
    """Return the model with every parameter drawn: zeros and ones would hide a fault."""
    rng = np.random.default_rng(8)
    weights = {
        name: value + rng.uniform(0.1, 0.3, value.shape) if value.dtype.kind == "f" else value
        for name, value in twins.initial_weights(config).items()
    }
    return twins.TWINS[config.model].raw(config.spec, weights, config.kernels)


def _shrink(monkeypatch, name):
    small = replace(MODELS[name], input_shape=(9, 10, 2), filters=(3, 4, 2), hidden_layers=(5, 4))
    monkeypatch.setitem(specs.MODELS, name, small)


def _labels(config, n):
    labels = np.random.default_rng(6).integers(0, max(2, config.spec.n_outputs), n)
    one_hot = np.eye(config.spec.n_outputs)
    return labels[:, np.newaxis].astype(float) if config.spec.is_binary else one_hot[labels]
