"""Every stage of the lockstep in every engine, and every planted fault found and named."""

from dataclasses import replace

import numpy as np
import pytest

from bench import twins
from bench.errors import NotVerified
from bench.proof.lockstep import CheckedPair, check, check_engines
from bench.specs import KERAS_ENGINES, MODELS, RAW_ENGINES, default_config
from keras_impl.mlp import mlp, mlp_dropout
from rawtf.engines import EVERY_BY_NAME
from rawtf.engines.step import Step
from rawtf.mlp import MLP, MLPDropout
from tests.faults import plant_sum_for_mean
from tests.quick import quick_are


@pytest.mark.full
@pytest.mark.parametrize("model", MODELS)
def test_fused_twins_hold_the_same_bits_at_every_stage_in_every_engine(model, small):
    config = default_config(model, epochs=1, batch_size=128)
    for found in check_engines(config, RAW_ENGINES, small(config)):
        assert found.holds, found.first_difference
        assert (found.max_ulp == 0) == (not found.causes)
        assert found.steps == -(-len(small(config).train) // 128)
        assert found.causes or found.metrics["raw"] == found.metrics["keras"]


@pytest.mark.parametrize("keras_engine", quick_are(KERAS_ENGINES, "train_on_batch"))
def test_random_batches_hold_the_same_bits(keras_engine, small):
    config = default_config(
        "mlp", keras_engine=keras_engine, sampling="replacement", iterations=4, epochs=2
    )
    found = check(config, small(config))
    assert found.holds, found.first_difference
    assert found.steps == 8


def test_an_epoch_of_an_engines_own_is_walked_too(small, monkeypatch):
    class ForgetsTheRest(Step):
        def train_epoch(self, x, y, order, batch_size):
            whole = len(order) - len(order) % batch_size
            return super().train_epoch(x, y, order[:whole], batch_size)

    monkeypatch.setitem(EVERY_BY_NAME, "step", ForgetsTheRest)
    config = default_config("mlp", epochs=1)
    found = check(config, small(config))
    assert not found.holds  # though every step of it is as it should be
    assert found.first_difference.stage == "weights after fit"


@pytest.mark.full
def test_max_steps_cuts_the_run(small):
    config = default_config("mlp", epochs=5)
    found = check(config, small(config), max_steps=4)
    assert (found.steps, found.epochs, found.holds) == (4, 2, True)


def test_every_stage_is_reached(small):
    config = default_config("mlp-dropout", epochs=1)
    entries = check(config, small(config)).entries
    tensors = {
        stage: {e.tensor for e in entries if e.stage == stage}
        for stage in dict.fromkeys(e.stage for e in entries)
    }
    names = set(twins.initial_weights(config))
    parameters = {name for name in names if not name.endswith("seed_state")}
    assert tensors == {
        "shape": names | {"all variables"},
        "initial weights": names,
        "logits": {"logits"},
        "loss": {"loss"},
        "gradient": parameters,
        "weights after step": names,
        "weights after fit": names,
        "predictions": {"test set"},
        "test metric": {"accuracy"},
    }


# The planted faults: each must be found, and its first tensor named.


def test_sum_for_mean_in_the_loss_is_found(monkeypatch, small):
    plant_sum_for_mean(monkeypatch)
    found = _faulty("mlp", small)
    assert (found.stage, found.tensor, found.first_step) == ("loss", "loss", 1)


@pytest.mark.full
def test_keep_probability_for_rate_is_found(monkeypatch, small):
    class KeepForRate(MLPDropout):
        def __init__(self, values, kernels="fused", *, dropout_rate):
            super().__init__(values, kernels, dropout_rate=1.0 - dropout_rate)

    # at the workshop's 0.5 rate and keep probability are one number, and no test could tell
    quarter = replace(MODELS["mlp-dropout"], dropout_rate=0.25)
    monkeypatch.setitem(MODELS, "mlp-dropout", quarter)
    config = default_config("mlp-dropout", epochs=1)
    assert check(config, small(config)).holds
    _twin(monkeypatch, KeepForRate, "mlp-dropout")
    found = _faulty("mlp-dropout", small)
    assert (found.stage, found.tensor, found.first_step) == ("logits", "logits", 1)


def test_a_missing_bias_is_found(monkeypatch, small):
    class WithoutBias(MLP):
        def make_variables(self, values):
            return [v for v in super().make_variables(values) if "dense_4/bias" not in v.name]

    _twin(monkeypatch, WithoutBias)
    found = _faulty("mlp", small)
    assert (found.stage, found.tensor) == ("shape", "dense_4/bias")
    assert "raw has none, keras has (10,)" in str(found)


@pytest.mark.full
def test_another_initial_scale_is_found(monkeypatch, small):
    class Scaled(MLP):
        def __init__(self, values, kernels="fused"):
            super().__init__(values | {"dense_2/kernel": values["dense_2/kernel"] * 2}, kernels)

    _twin(monkeypatch, Scaled)
    found = _faulty("mlp", small)
    assert (found.stage, found.tensor, found.first_step) == ("initial weights", "dense_2/kernel", 0)


def test_one_ulp_in_one_weight_is_found(monkeypatch, small):
    class Nudged(MLP):
        def __init__(self, values, kernels="fused"):
            kernel = values["dense_3/kernel"].copy()
            kernel[0, 0] = np.nextafter(kernel[0, 0], np.float32(1))
            super().__init__(values | {"dense_3/kernel": kernel}, kernels)

    _twin(monkeypatch, Nudged)
    found = _faulty("mlp", small)
    assert (found.tensor, found.distance.max_ulp > 0) == ("dense_3/kernel", True)


def test_an_unproved_pair_is_refused(monkeypatch, small):
    plant_sum_for_mean(monkeypatch)
    config = default_config("mlp", epochs=1)
    with pytest.raises(NotVerified, match=r"mlp is not proved equal: loss loss: step 1"):
        CheckedPair(check(config, small(config)))


def _twin(monkeypatch, raw_class, model="mlp"):
    keras_model = {"mlp": mlp, "mlp-dropout": mlp_dropout}[model]
    monkeypatch.setitem(twins.TWINS, model, twins._dense(raw_class, keras_model))


def _faulty(model, small):
    config = default_config(model, epochs=1)
    found = check(config, small(config))
    assert not found.holds
    return found.first_difference
