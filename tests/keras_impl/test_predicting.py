"""Each way to ask a Keras model gives the bits of the raw side that is run alike."""

import numpy as np
import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.specs import default_config
from keras_impl.predicting import BY_NAME, EAGER
from tests.quick import every_pair

MODELS = ("perceptron", "mlp-dropout", "convnet-full")


@pytest.mark.parametrize(("way", "model"), every_pair(BY_NAME, MODELS))
def test_one_sample_has_the_bits_of_the_raw_side(way, model):
    config = default_config(model, engine="eager" if way in EAGER else "step")
    weights = twins.initial_weights(config)
    x, _ = twins.inputs_and_targets(config, dataset_for(config.spec, "digits").test)
    ask = BY_NAME[way](twins.keras_engine(config, weights).model)
    raw = twins.raw_engine(config, weights)
    for sample in (x[:1], x[7:8]):
        found = ask(sample)
        assert found.shape == (1, config.spec.n_outputs)
        assert np.array_equal(found, raw.predict_on_batch(sample))


def test_the_graph_is_traced_once_for_batches_of_any_size(monkeypatch):
    config = default_config("perceptron")
    model = twins.keras_engine(config, twins.initial_weights(config)).model
    traced = []
    monkeypatch.setattr(type(model), "call", _counting(type(model).call, traced))
    ask = BY_NAME["tf.function"](model)
    for n in (1, 2, 5):
        assert ask(np.zeros((n, 784), np.float32)).shape == (n, 1)
    assert len(traced) == 1


def _counting(call, traced):
    def counted(self, *arguments, **named):
        traced.append(1)
        return call(self, *arguments, **named)

    return counted
