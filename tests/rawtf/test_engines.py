"""Every engine alike: it learns, changes nothing when asked, and traces once."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench import twins
from bench.specs import ENGINES, default_config
from rawtf.optimizers import SGD, assign_all

RNG = np.random.default_rng(0)
X = RNG.random((40, 784)).astype(np.float32)
Y = np.eye(10, dtype=np.float32)[RNG.integers(0, 10, 40)]


@pytest.fixture(params=ENGINES)
def engine(request):
    config = default_config("mlp-dropout", engine=request.param, learning_rate=0.5)
    engine = twins.raw_engine(config, twins.initial_weights(config))
    yield engine
    engine.close()


def test_an_engine_learns(engine):
    order = np.arange(len(X))
    losses = [engine.train_epoch(X, Y, order, 16) for _ in range(30)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_a_probe_and_a_prediction_change_nothing(engine):
    before = engine.get_weights()
    first, second = engine.probe(X, Y), engine.probe(X, Y)
    engine.predict(X, 16)
    assert np.array_equal(first.logits, second.logits)
    assert all(np.array_equal(v, before[n]) for n, v in engine.get_weights().items())


def test_dropout_is_off_in_prediction_and_on_in_training(engine):
    assert np.array_equal(engine.predict(X, 16), engine.predict(X, 16))
    before = engine.probe(X, Y).logits
    engine.train_on_batch(X, Y * 0)  # no gradient flows from an all-zero label
    assert not np.array_equal(before, engine.probe(X, Y).logits)


def test_a_step_engine_traces_once_for_all_batch_sizes():
    config = default_config("mlp")
    engine = twins.raw_engine(config, twins.initial_weights(config))
    for _ in range(2):
        engine.train_epoch(X, Y, np.arange(len(X)), 16)  # 16, 16, 8
        engine.predict(X, 16)
    assert engine.step.experimental_get_tracing_count() == 1
    assert engine.forward.experimental_get_tracing_count() == 1


def test_a_session_adds_no_operations_while_it_trains():
    config = default_config("mlp", engine="session")
    engine = twins.raw_engine(config, twins.initial_weights(config))
    size = len(engine.graph().get_operations())
    engine.train_epoch(X, Y, np.arange(len(X)), 16)
    engine.probe(X, Y)
    assert len(engine.graph().get_operations()) == size
    engine.close()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sgd_takes_the_step_of_keras_to_the_bit(dtype):
    from keras_impl.compiling import float_type

    start = RNG.standard_normal((5, 3)).astype(dtype)
    gradients = RNG.standard_normal((20, 5, 3)).astype(dtype)
    with float_type(dtype):
        ours, theirs = tf.Variable(start), keras.Variable(start)
        rule, optimizer = SGD(0.05), keras.optimizers.SGD(0.05)
        for gradient in gradients:
            assign_all(rule.updates([ours], [tf.constant(gradient)]))
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [theirs])
            assert np.array_equal(ours.numpy(), keras.ops.convert_to_numpy(theirs))
