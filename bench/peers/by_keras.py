"""The Keras twin on Keras's other backends: the same model functions, ``fit`` as it comes.

It imports ``keras_impl`` past ``bench.twins``, which would load TensorFlow: what of ``keras_impl``
knows Keras alone runs on any backend.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.peers.peer import NotWritten, Peer, Task, task_of
from bench.peers.walked import Masks, Weights
from bench.timing.held import HeldRunner
from bench.timing.slices import Slice


def make(config: dict[str, Any], dataset: str, limit: int | None, backend: str) -> Peer:
    """Return the peer on a backend; the process must not have loaded Keras before.

    Raises:
        NotWritten: the model draws masks, which cannot be given to Keras's layer.
    """
    task = task_of(config, dataset, limit)
    if task.config.spec.dropout_rate:
        raise NotWritten("Keras's Dropout draws its masks by the backend: nothing to hold against")
    os.environ["KERAS_BACKEND"] = backend
    return KerasPeer(task, _wait_of(backend))


def _models() -> dict[str, Callable[..., Any]]:
    from keras_impl.convnet import convnet, convnet_batchnorm
    from keras_impl.mlp import mlp
    from keras_impl.perceptron import perceptron

    def dense(spec: Any) -> Any:
        return mlp(spec.hidden_layers, n_inputs=spec.input_shape[0])

    def conv(make: Any, spec: Any) -> Any:
        return make(spec.filters, spec.hidden_layers, size=spec.input_shape)

    return {
        "perceptron": lambda spec: perceptron(n_inputs=spec.input_shape[0]),
        "mlp": dense,
        "convnet": partial(conv, convnet),
        "convnet-batchnorm": partial(conv, convnet_batchnorm),
    }


def _wait_of(backend: str) -> Callable[[object], object]:
    """Return what waits for the result of a step; PyTorch on a CPU has it already."""
    if backend != "jax":
        return lambda result: None
    import jax

    return jax.block_until_ready


class Held(HeldRunner):
    """Holds ``fit`` between two steps on a backend without TensorFlow."""

    def __init__(self, *loop: Any, wait: Callable[[object], object]) -> None:
        super().__init__(*loop)
        self._ready, self._result = wait, None

    def sync(self) -> None:
        """Wait for the last step."""
        self._ready(self._result)

    def _call(self, function: Callable[..., Any], *data: Any) -> Any:
        self._result = super()._call(function, *data)
        return self._result


class KerasPeer(Peer):
    """A compiled Keras model, its ``fit`` held between two steps where it is timed."""

    def __init__(self, task: Task, wait: Callable[[object], object]) -> None:
        super().__init__(task)
        import keras

        spec = task.config.spec
        keras.utils.set_random_seed(task.config.seed)
        self.model = _models()[task.config.model](spec)
        self.model.compile(keras.optimizers.SGD(self.rate), spec.loss)
        one_hot = np.eye(max(2, spec.n_outputs), dtype=np.float32)[task.y]
        self.y = one_hot[:, 1:] if spec.is_binary else one_hot
        self.model.make_train_function()  # fit takes the one that is there
        self.held = Held(self.model, "train_function", self._fit, task.steps, wait=wait)

    def _fit(self, epochs: int) -> None:
        self.model.fit(self.task.x, self.y, batch_size=self.batch_size, epochs=epochs, verbose=0)

    def _variables(self) -> dict[str, Any]:
        return {f"{layer.name}/{v.name}": v for layer in self.model.layers for v in layer.weights}

    def set_weights(self, values: Weights) -> None:
        """Assign them."""
        for name, variable in self._variables().items():
            variable.assign(values[name])

    def weights(self) -> Weights:
        """Return copies."""
        import keras

        variables = self._variables().items()
        return {name: np.array(keras.ops.convert_to_numpy(v)) for name, v in variables}

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Fit one epoch of this order as it stands."""
        x, y = self.task.x[order], self.y[order]
        self.model.fit(x, y, batch_size=self.batch_size, shuffle=False, verbose=0)

    def take(self, steps: int) -> Slice:
        """Let ``fit`` go on for about so many steps."""
        return self.held.take(steps)

    def close(self) -> None:
        """End ``fit`` where it stands."""
        self.held.close()
