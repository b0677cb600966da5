"""Both sides of a model, made from one draw. The only module that imports both packages."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

import rawtf.engines
from bench.data import Split
from bench.specs import Config, ModelSpec
from keras_impl import compiling
from keras_impl import engines as keras_engines
from keras_impl.engines import Fit
from keras_impl.mlp import mlp, mlp_dropout
from keras_impl.perceptron import perceptron
from rawtf.engines.base import Engine, Signature, slices
from rawtf.initializers import Shape, initialize
from rawtf.mlp import MLP, MLPDropout
from rawtf.model import Model
from rawtf.optimizers import OPTIMIZERS
from rawtf.perceptron import Perceptron

__all__ = ["TWINS", "Engine", "Fit", "Twins", "Weights", "slices"]

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Twins:
    """A model's two implementations.

    Attributes:
        shapes: the name and shape of every variable of the hand-written one.
        raw: makes it from values and the name of a kernel set.
        keras: makes the Keras model, given a kernel initializer.
    """

    shapes: Callable[[ModelSpec], dict[str, Shape]]
    raw: Callable[[ModelSpec, Weights, str], Model]
    keras: Callable[[ModelSpec, object], keras.Model]


TWINS: dict[str, Twins] = {
    "perceptron": Twins(
        shapes=lambda spec: Perceptron.shapes(spec.n_inputs),
        raw=lambda spec, values, kernels: Perceptron(values, kernels),
        keras=lambda spec, init: perceptron(init, spec.n_inputs),
    ),
    "mlp": Twins(
        shapes=lambda spec: MLP.shapes(spec.hidden_layers, spec.n_inputs),
        raw=lambda spec, values, kernels: MLP(values, kernels),
        keras=lambda spec, init: mlp(spec.hidden_layers, init, spec.n_inputs),
    ),
    "mlp-dropout": Twins(
        shapes=lambda spec: MLPDropout.shapes(spec.hidden_layers, spec.n_inputs),
        raw=lambda spec, values, kernels: MLPDropout(
            values, kernels, dropout_rate=spec.dropout_rate
        ),
        keras=lambda spec, init: mlp_dropout(
            spec.hidden_layers, init, spec.n_inputs, spec.dropout_rate
        ),
    ),
}


def initial_weights(config: Config) -> Weights:
    """Draw what both sides start from: every variable by name, in the config's dtype.

    Drawn once, in NumPy, by the hand-written initializers. Were each side to draw its own, a
    comparison would compare seeds.
    """
    rng = np.random.default_rng([config.seed, 0])
    shapes = TWINS[config.model].shapes(config.spec)
    drawn = initialize(shapes, config.initializer, rng)
    return {
        name: value.astype(config.dtype) if value.dtype.kind == "f" else value
        for name, value in drawn.items()
    }


def inputs_and_targets(config: Config, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return what both sides are fed: x (n, 784), and y (n, 1) of 0 and 1 or one-hot (n, 10)."""
    x = split.x.astype(config.dtype, copy=False)
    if config.spec.is_binary:
        return x, split.y.astype(config.dtype)[:, np.newaxis]
    return x, np.eye(config.spec.n_outputs, dtype=config.dtype)[split.y]


def raw_engine(config: Config, weights: Weights) -> Engine:
    """Return the hand-written model, holding these weights, in the config's engine."""

    def build() -> tuple[Model, rawtf.optimizers.Optimizer]:
        model = TWINS[config.model].raw(config.spec, weights, config.kernels)
        return model, OPTIMIZERS[config.optimizer](config.learning_rate)

    spec = config.spec
    signature = Signature((spec.n_inputs,), (spec.n_outputs,), config.dtype)
    return rawtf.engines.ENGINES[config.engine](build, signature)


def keras_engine(config: Config, weights: Weights | None) -> Fit:
    """Return the Keras model in the config's Keras engine.

    Args:
        config: the dials.
        weights: what it starts from; None for a draw of Keras's own (seed it before).
    """

    def build() -> keras.Model:
        initializer = compiling.INITIALIZERS[config.initializer]()
        model = TWINS[config.model].keras(config.spec, initializer)
        return compiling.compile_model(
            model, config.spec.loss, config.optimizer, config.learning_rate
        )

    engine = keras_engines.ENGINES[config.keras_engine](build, config.dtype)
    if weights is not None:
        engine.set_weights(weights)
    return engine
