"""Every way to run a Keras model: its variables by name, its loss by the formula, its order."""

import numpy as np
import pytest

from bench import twins
from bench.specs import KERAS_ENGINES, default_config
from keras_impl.compiling import OPTIMIZERS
from keras_impl.engines import BY_NAME, SEED_STATE, Fit
from keras_impl.fitting import TrainOnBatch
from keras_impl.own_epoch import OwnEpoch
from keras_impl.own_loop import OwnLoop
from rawtf.optimizers import OPTIMIZERS as BY_HAND
from tests.keras_impl.little import CLASSES, N, built, cross_entropy, samples, with_dropout
from tests.quick import quick_are

WAYS = [Fit, TrainOnBatch, OwnLoop, OwnEpoch]
EPS = float(np.finfo("float32").eps)
ORDER = np.random.default_rng(1).permutation(N)


def test_variables_go_by_the_names_of_layer_and_kind():
    names = set(Fit(with_dropout()).get_weights())
    dense = {f"dense_{n}/{kind}" for n in (1, 2, 3, 4) for kind in ("kernel", "bias")}
    assert names == dense | {f"dropout_{n}/{SEED_STATE}" for n in (1, 2, 3)}


def test_weights_are_handed_out_as_copies_and_written_by_name():
    engine = Fit(built())
    before = engine.get_weights()
    before["dense_1/bias"][:] = 7
    assert (engine.get_weights()["dense_1/bias"] == 0).all()
    engine.set_weights({"dense_1/bias": before["dense_1/bias"]})
    after = engine.get_weights()
    assert [n for n in after if n != "dense_1/bias" and (after[n] != before[n]).any()] == []
    assert (after["dense_1/bias"] == 7).all()


@pytest.mark.parametrize("name", quick_are(OPTIMIZERS, "sgd", "adam"))
def test_what_an_optimizer_remembers_goes_by_slot_and_parameter(name):
    engine = TrainOnBatch(built(name, 0.01))
    engine.train_on_batch(*samples())
    slots = BY_HAND[name].slot_names
    wanted = {f"{slot}/{parameter}" for slot in slots for parameter in engine.get_weights()}
    found = engine.get_optimizer_state()
    assert set(found) == wanted | ({"iterations"} if name == "adam" else set())
    assert all(found[slot].any() for slot in wanted)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("batch_size", [20, 16])
def test_the_loss_of_an_epoch_is_the_mean_of_the_formula_over_its_samples(way, batch_size):
    engine, (x, y) = way(built(learning_rate=0.0)), samples()
    loss = engine.train_epoch(x, y, ORDER[:36], batch_size)  # 16 + 16 + 4: a mean of means is off
    expected = cross_entropy(y, engine.predict(x, N))[ORDER[:36]].mean()
    # a mean of 36 terms of order 1 in float32, each after a softmax of ten exponentials
    assert loss == pytest.approx(expected, rel=64 * EPS)


@pytest.mark.parametrize("way", quick_are(WAYS, OwnLoop))
def test_an_epoch_sees_the_samples_in_the_order_that_is_given(way):
    x, y = samples("float64")
    whole, by_hand, other = (way(built(), "float64") for _ in range(3))
    weights = whole.get_weights()
    for engine in (by_hand, other):
        engine.set_weights(weights)
    whole.train_epoch(x, y, ORDER, 16)
    other.train_epoch(x, y, ORDER[::-1], 16)
    for places in (ORDER[:16], ORDER[16:32], ORDER[32:]):
        by_hand.train_on_batch(x[places], y[places])
    for name, value in by_hand.get_weights().items():
        # 3 steps of sums of at most 16 terms: some hundred roundings
        np.testing.assert_allclose(whole.get_weights()[name], value, rtol=0, atol=1e-13)
    assert np.abs(other.get_weights()["dense_4/bias"] - value).max() > 1e-6


@pytest.mark.full
@pytest.mark.parametrize("way", WAYS)
def test_training_as_a_user_would_lowers_the_loss(way):
    engine, (x, _) = way(built("adam", 0.05)), samples()
    y = np.eye(CLASSES, dtype="float32")[np.zeros(N, int)]  # learnt by the last bias alone
    before = cross_entropy(y, engine.predict(x, N)).mean()
    engine.train(x, y, batch_size=16, epochs=8)
    assert cross_entropy(y, engine.predict(x, N)).mean() < before / 2


@pytest.mark.parametrize("batch_size", quick_are([20, 16], 16))
@pytest.mark.parametrize("name", KERAS_ENGINES)
def test_keras_traces_nothing_in_a_second_epoch(name, batch_size, monkeypatch):
    config = default_config("mlp", keras_engine=name)
    engine = twins.keras_engine(config, twins.initial_weights(config))
    rng = np.random.default_rng(0)
    x = rng.random((40, 784)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, 40)]
    compute_loss, counts, calls = engine.model.compute_loss, [], []

    def counted(*arguments, **named):  # called by Python, so called while tracing alone
        calls.append(name)
        return compute_loss(*arguments, **named)

    monkeypatch.setattr(engine.model, "compute_loss", counted)
    for order in (np.arange(40), np.arange(40)[::-1]):
        engine.train_epoch(x, y, order, batch_size)
        counts.append(len(calls))
    assert 0 < counts[0] < 3
    assert counts[1] == counts[0]


@pytest.mark.parametrize("name", KERAS_ENGINES)
def test_what_is_timed_is_what_is_proved(name):
    """``train`` is timed, ``train_epoch`` proved: who has an own one of these has both."""
    engine = BY_NAME[name]
    assert (engine.train is Fit.train) == (engine.train_epoch is Fit.train_epoch)
