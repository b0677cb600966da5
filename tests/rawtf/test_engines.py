"""Every engine alike: it learns, changes nothing when asked, and traces once."""

import numpy as np
import pytest

from bench import twins
from bench.specs import RAW_ENGINES, XLA_ENGINES, default_config
from tests.quick import quick_are

RNG = np.random.default_rng(0)
X = RNG.random((40, 784)).astype(np.float32)
Y = np.eye(10, dtype=np.float32)[RNG.integers(0, 10, 40)]
ORDER = np.arange(40)


def _engine(model="mlp", **dials):
    config = default_config(model, **dials)
    return twins.raw_engine(config, twins.initial_weights(config))


def _same(one, other):
    return set(one) == set(other) and all(np.array_equal(one[n], other[n]) for n in one)


def _apart(one, other):
    """Return the largest difference of any variable over its largest value."""
    return np.max([np.abs(one[n] - v).max() / np.abs(v).max() for n, v in other.items()])


@pytest.fixture(params=RAW_ENGINES)
def engine(request):
    engine = _engine("mlp-dropout", engine=request.param, learning_rate=0.5)
    yield engine
    engine.close()


def test_an_engine_learns(engine):
    losses = [engine.train_epoch(X, Y, ORDER, 16) for _ in range(20)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_a_probe_and_a_prediction_change_nothing(engine):
    before = engine.get_weights()
    first, second = engine.probe(X, Y), engine.probe(X, Y)
    engine.predict(X, 16)
    engine.graph()
    assert np.array_equal(first.logits, second.logits)
    assert first.loss == second.loss
    assert _same(first.gradients, second.gradients)
    assert _same(engine.get_weights(), before)
    assert engine.get_optimizer_state() == {}  # SGD remembers nothing


def test_a_probe_shows_what_the_step_then_does(engine):
    before, probe = engine.get_weights(), engine.probe(X, Y)
    assert abs(float(engine.train_on_batch(X, Y)) - probe.loss) < 1e-5
    after = engine.get_weights()
    for name, gradient in probe.gradients.items():
        np.testing.assert_allclose(after[name], before[name] - 0.5 * gradient, atol=1e-6)
    for name in set(before) - set(probe.gradients):  # the states of dropout: a seed, a counter
        assert np.array_equal(after[name], before[name] + [0, 1])


def test_weights_that_were_handed_out_stay_as_they_were(engine):
    before = engine.get_weights()
    kept = {name: value.copy() for name, value in before.items()}
    engine.train_on_batch(X, Y)
    assert _same(before, kept)
    assert not _same(before, engine.get_weights())


def test_dropout_is_off_in_prediction_and_on_in_training(engine):
    assert np.array_equal(engine.predict(X, 16), engine.predict(X, 16))
    before = engine.probe(X, Y).logits
    engine.train_on_batch(X, Y * 0)  # no gradient flows from an all-zero label
    assert not np.array_equal(before, engine.probe(X, Y).logits)


def test_predictions_do_not_depend_on_how_the_samples_are_cut(engine):
    np.testing.assert_allclose(engine.predict(X, 16), engine.predict(X, 40), atol=1e-6)


@pytest.mark.parametrize("name", RAW_ENGINES)
def test_slots_are_named_by_what_they_remember_and_of_which_parameter(name):
    engine = _engine(engine=name, optimizer="adam")
    engine.train_on_batch(X, Y)
    slots, parameters = engine.get_optimizer_state(), set(engine.get_weights())
    named = {f"{slot}/{n}" for slot in ("momentum", "velocity") for n in parameters}
    assert set(slots) == named | {"iterations"}
    assert slots["iterations"] == 1
    assert all(slots[n].any() for n in named)
    engine.close()


@pytest.mark.parametrize("gradients", quick_are(["auto", "manual"], "auto"))
def test_all_engines_train_alike(gradients):
    x, y, trained = X.astype(np.float64), Y.astype(np.float64), []
    for name in RAW_ENGINES:
        dials = {"engine": name, "gradients": gradients, "dtype": "float64"}
        engine = _engine("mlp-dropout", optimizer="nesterov", **dials)
        losses = [engine.train_epoch(x, y, order, 16) for order in (ORDER, ORDER[::-1])]
        trained.append((losses, engine.get_weights(), engine.get_optimizer_state()))
        engine.close()
    for losses, weights, slots in trained[1:]:
        # 6 steps of sums of at most 784 terms: some hundred roundings
        np.testing.assert_allclose(losses, trained[0][0], rtol=1e-13)
        assert _apart(weights, trained[0][1]) < 1e-12
        assert _apart(slots, trained[0][2]) < 1e-10  # differences of large sums


# What is traced, and how often


def test_a_step_engine_traces_once_for_all_batch_sizes():
    engine = _engine()
    for _ in range(2):
        engine.train_epoch(X, Y, ORDER, 16)  # 16, 16, 8
        engine.predict(X, 16)
        engine.probe(X[:3], Y[:3])
        engine.probe(X, Y)
    for function in (engine.step, engine.forward, engine.look):
        assert function.experimental_get_tracing_count() == 1


def test_an_epoch_engine_traces_once_for_all_numbers_of_samples():
    engine = _engine(engine="epoch")
    for n, batch_size in [(40, 16), (40, 16), (32, 16), (5, 16), (40, 7)]:
        engine.train_epoch(X, Y, ORDER[:n], batch_size)
    engine.train_epoch(X[:9], Y[:9], np.arange(9), 4)
    engine.train_on_batch(X, Y)
    assert engine.epoch.experimental_get_tracing_count() == 1


def test_a_session_adds_no_operations_while_it_is_used():
    engine = _engine(engine="session", optimizer="adam")
    size = len(engine.graph().get_operations())
    engine.train_epoch(X, Y, ORDER, 16)
    engine.probe(X, Y)
    engine.predict(X, 16)
    engine.get_weights()
    engine.get_optimizer_state()
    assert len(engine.graph().get_operations()) == size
    engine.close()


# XLA


@pytest.mark.parametrize("name", sorted(set(RAW_ENGINES) - set(XLA_ENGINES)))
def test_xla_is_refused_where_python_calls_no_graph(name):
    with pytest.raises(ValueError, match="has no graph for XLA to compile"):
        _engine(engine=name, xla=True)


@pytest.mark.parametrize("name", quick_are(XLA_ENGINES, "step"))
def test_xla_changes_the_rounding_alone_and_a_second_epoch_traces_nothing(name):
    x, y = X.astype(np.float64), Y.astype(np.float64)
    plain, compiled = (_engine(engine=name, dtype="float64", xla=xla) for xla in (False, True))
    traced = compiled.epoch if name == "epoch" else compiled.step
    for order in (ORDER, ORDER[::-1]):
        losses = [engine.train_epoch(x, y, order, 16) for engine in (plain, compiled)]
        np.testing.assert_allclose(*losses, rtol=1e-13)
        assert _apart(compiled.get_weights(), plain.get_weights()) < 1e-12
        assert traced.experimental_get_tracing_count() == 1


@pytest.mark.full
@pytest.mark.parametrize("n", [32, 5], ids=["of full batches alone", "shorter than a batch"])
def test_xla_compiles_an_epoch(n):
    plain, compiled = _engine(), _engine(engine="epoch", xla=True)
    losses = [engine.train_epoch(X, Y, ORDER[:n], 16) for engine in (plain, compiled)]
    np.testing.assert_allclose(*losses, rtol=1e-6)
    assert _apart(compiled.get_weights(), plain.get_weights()) < 1e-5


def test_xla_has_the_loop_of_an_epoch_only_where_no_step_convolves():
    for model, whole in (("mlp", True), ("convnet", False)):
        assert _engine(model, engine="epoch", xla=True).xla_loop is whole


def _with_and_without_xla():
    """Return the losses of an epoch of convolutions, how far weights part, and XLA's tracings."""
    x = RNG.random((5, 28, 28, 1))
    engines = [_engine("convnet", engine="epoch", dtype="float64", xla=xla) for xla in (0, 1)]
    losses = [engine.train_epoch(x, Y[:5].astype(np.float64), ORDER[:5], 2) for engine in engines]
    apart = _apart(engines[1].get_weights(), engines[0].get_weights())
    return (
        [float(loss) for loss in losses],
        apart,
        engines[1].epoch.experimental_get_tracing_count(),
    )


@pytest.mark.full
def test_an_epoch_of_convolutions_is_a_step_after_the_other_under_xla(never_exact):
    losses, apart, tracings = never_exact(_with_and_without_xla)
    np.testing.assert_allclose(*losses, rtol=1e-12)  # sums of at most 784 terms, 3 steps
    assert apart < 1e-11
    assert tracings == 1


# The epoch in one graph


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_epoch_in_one_graph_is_the_steps_one_by_one(dtype):
    x, y, eps = X.astype(dtype), Y.astype(dtype), np.finfo(dtype).eps
    step, epoch = (_engine(engine=name, dtype=dtype) for name in ("step", "epoch"))
    for n in (40, 32, 5):  # the last batch partial, all of them full, a partial one alone
        order = np.random.default_rng(n).permutation(40)[:n]
        losses = [engine.train_epoch(x, y, order, 16) for engine in (step, epoch)]
        # a product and a sum for each of 3 batches, a division, and the steps' own roundings
        np.testing.assert_allclose(*losses, rtol=16 * eps)
        assert _apart(epoch.get_weights(), step.get_weights()) < 64 * eps


def test_the_last_smaller_batch_is_trained_on():
    whole, cut, loss_of_rest = _engine(engine="epoch"), _engine(engine="epoch"), _engine()
    loss_of_rest.train_epoch(X, Y, ORDER[:32], 16)
    loss_of_rest = float(loss_of_rest.train_on_batch(X[32:], Y[32:]))
    loss, loss_cut = whole.train_epoch(X, Y, ORDER, 16), cut.train_epoch(X, Y, ORDER[:32], 16)
    assert loss == pytest.approx((32 * loss_cut + 8 * loss_of_rest) / 40, rel=1e-6)
    before = cut.get_weights()
    cut.train_on_batch(X[32:], Y[32:])
    assert _apart(cut.get_weights(), before) > 1e-4
    assert _apart(cut.get_weights(), whole.get_weights()) < 1e-6


def test_the_data_is_sent_to_the_device_once():
    engine = _engine(engine="epoch")
    engine.train_epoch(X, Y, ORDER, 16)
    first = engine.resident(X, Y)
    engine.train_epoch(X, Y, ORDER[::-1].copy(), 7)
    second = engine.resident(X, Y)
    assert first[0] is second[0]
    assert first[1] is second[1]
    assert np.array_equal(first[0], X)
    assert np.array_equal(first[1], Y)


def test_other_data_is_sent_anew():
    engine = _engine(engine="epoch")
    first = engine.resident(X, Y)
    for x, y in [(X, Y[::-1]), (X + 1, Y), (X, Y)]:
        sent = engine.resident(x, y)
        assert not any(one is other for one in sent for other in first)
        assert np.array_equal(sent[0], x)
        assert np.array_equal(sent[1], y)
