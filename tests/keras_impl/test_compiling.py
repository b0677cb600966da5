"""What is compiled in: by name, in so many words, and the global float type left as it was."""

import keras
import numpy as np
import pytest

from keras_impl.compiling import INITIALIZERS, OPTIMIZERS, float_type
from tests.keras_impl.little import LOSS, built


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_of_keras_is_compiled_in_with_its_step_size(name):
    optimizer = built(name, 0.125)().optimizer
    assert type(optimizer).__module__.startswith("keras.")
    assert float(optimizer.learning_rate) == 0.125
    momentum = {"momentum": (0.9, False), "nesterov": (0.9, True)}.get(name, (0.0, False))
    found = getattr(optimizer, "momentum", 0.0), getattr(optimizer, "nesterov", False)
    assert found == momentum


@pytest.mark.parametrize("xla", [False, True])
def test_xla_is_on_or_off_in_so_many_words(xla, monkeypatch):
    """What Keras is told: it makes another thing of it where op determinism is on."""
    told = {}
    monkeypatch.setattr(keras.Model, "compile", lambda self, *_, **named: told.update(named))
    built(xla=xla)()
    assert told["jit_compile"] is xla  # Keras's own choice would be "auto"


def test_nothing_is_compiled_in_that_was_not_named():
    plain = built()()
    assert (plain.loss, plain.run_eagerly, plain.steps_per_execution) == (LOSS, False, 1)
    assert [metric.name for metric in plain.metrics] == ["loss"]
    other = built(metrics=("accuracy",), eagerly=True, steps_per_execution=4)()
    assert (other.run_eagerly, other.steps_per_execution) == (True, 4)
    assert len(other.metrics) == 2


def test_initializers_are_those_of_their_names():
    drawn = {
        name: np.abs(keras.ops.convert_to_numpy(make()((300, 100))))
        for name, make in INITIALIZERS.items()
    }
    assert drawn["glorot-uniform"].max() <= np.sqrt(6 / 400)
    assert 1.9 < drawn["truncated-normal"].max() <= 2  # two standard deviations of 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_float_type_is_put_back_whatever_happens(dtype):
    before = keras.config.floatx(), keras.config.dtype_policy()
    with float_type(dtype):
        assert keras.config.floatx() == dtype
        assert built()().layers[1].kernel.dtype == dtype
    with pytest.raises(ZeroDivisionError), float_type(dtype):
        1 / 0  # noqa: B018
    assert (keras.config.floatx(), keras.config.dtype_policy()) == before
