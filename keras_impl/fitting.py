"""How a Keras model is run: ``fit`` as users call it, and ``train_on_batch`` a batch at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from keras_impl.batches import open_batches, slices
from keras_impl.compiling import float_type

SEED_STATE = "seed_state"

SLOTS = {"momentum": ("momentums", "_momentums"), "velocity": ("_velocities",)}
"""Where Keras's optimizers keep what they remember of each parameter."""
COUNTED = {keras.optimizers.Adam}
"""The optimizers whose rule reads the step counter; the others merely count."""


class Fit:
    """Trains by ``model.fit``.

    Args:
        build: makes the compiled model.
        dtype: float32 or float64, for the model and for the data that is fed to it.
    """

    def __init__(self, build: Callable[[], keras.Model], dtype: str = "float32") -> None:
        self.dtype = dtype
        with float_type(dtype):
            self.model = build()

    def variables(self) -> dict[str, Any]:
        """Return every Keras variable by name, the random state of dropout included."""
        named: dict[str, Any] = {}
        for layer in self.model.layers:
            named |= {f"{layer.name}/{v.name}": v for v in layer.weights}
            if generator := getattr(layer, "seed_generator", None):
                named[f"{layer.name}/{SEED_STATE}"] = generator.state
        return named

    def trainable_names(self) -> list[str]:
        """Return the names of what is trained, in the order in which gradients are handed on."""
        names = {id(v): name for name, v in self.variables().items()}
        return [names[id(v)] for v in self.model.trainable_variables]

    def get_weights(self) -> dict[str, np.ndarray]:
        """Return a copy of every variable by name."""
        return {name: keras.ops.convert_to_numpy(v).copy() for name, v in self.variables().items()}

    def slots(self) -> dict[str, Any]:
        """Return every slot and counter by name, such as ``momentum/dense_1/bias``."""
        optimizer = self.model.optimizer
        if not optimizer.built:  # Keras makes them at the first step
            with float_type(self.dtype):
                optimizer.build(self.model.trainable_variables)
        moved = self.trainable_names()
        slots = {
            f"{slot}/{name}": variable
            for slot, attributes in SLOTS.items()
            for attribute in attributes
            for name, variable in zip(moved, getattr(optimizer, attribute, []), strict=False)
        }
        return slots | ({"iterations": optimizer.iterations} if type(optimizer) in COUNTED else {})

    def get_optimizer_state(self) -> dict[str, np.ndarray]:
        """Return a copy of every slot and counter by name."""
        return {name: keras.ops.convert_to_numpy(v).copy() for name, v in self.slots().items()}

    def set_state(self, weights: Mapping[str, np.ndarray], slots: Mapping[str, np.ndarray]) -> None:
        """Write variables, slots and counters by name: training goes on where they were taken."""
        self.set_weights(weights)
        variables = self.slots()
        for name, value in slots.items():
            variables[name].assign(value)

    def set_weights(self, values: Mapping[str, np.ndarray]) -> None:
        """Write the named variables; the others keep their values."""
        variables = self.variables()
        for name, value in values.items():
            variables[name].assign(value)

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> object:
        """Take one step: fit one batch for one epoch."""
        with float_type(self.dtype):
            return self.model.fit(open_batches(x, y, len(x)), shuffle=False, verbose=0)

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Fit one epoch on ``x[order]`` as it stands; return its mean loss, in nats."""
        x, y = x[order], y[order]
        with float_type(self.dtype):
            if len(order) % batch_size:
                history = self.model.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0)
            else:
                history = self.model.fit(open_batches(x, y, batch_size), shuffle=False, verbose=0)
        return float(history.history["loss"][0])

    def train(self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        """Fit for some epochs as a user would, Keras shuffling the data."""
        with float_type(self.dtype):
            self.model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities for all of ``x``, (samples, outputs)."""
        with float_type(self.dtype):
            return self.model.predict(x, batch_size=batch_size, verbose=0)


class TrainOnBatch(Fit):
    """Trains by ``model.train_on_batch`` in a loop of our own."""

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> object:
        """Take one step; return the loss of the batch."""
        with float_type(self.dtype):
            return self.model.train_on_batch(x, y)

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Take a step for each batch of ``x[order]``; return the epoch's mean loss, in nats.

        Keras would keep no mean: it forgets its metrics in every ``train_on_batch``.
        """
        batches = list(slices(order, batch_size))
        losses = [self.train_on_batch(x[batch], y[batch]) for batch in batches]
        sizes = [len(batch) for batch in batches]
        return float(np.average([keras.ops.convert_to_numpy(v) for v in losses], weights=sizes))

    def train(self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        """Train for some epochs, each over a fresh permutation."""
        rng = np.random.default_rng()
        for _ in range(epochs):
            self.train_epoch(x, y, rng.permutation(len(x)), batch_size)
