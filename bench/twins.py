"""Both sides of a model, made from one draw. The only module that imports both packages."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

import rawtf.engines
from bench.data.datasets import Split
from bench.own_models import own_twins
from bench.specs import Config, ModelSpec
from keras_impl import compiling, predicting
from keras_impl import engines as keras_engines
from keras_impl import saving as keras_saving
from keras_impl.convnet import convnet, convnet_batchnorm, convnet_dropout, convnet_full
from keras_impl.engines import SEED_STATE, Fit
from keras_impl.mlp import mlp, mlp_dropout
from keras_impl.perceptron import perceptron
from keras_impl.predicting import EAGER, Ask
from rawtf import saving
from rawtf.convnet import ConvNet, ConvNetBatchNorm, ConvNetDropout, ConvNetFull
from rawtf.engines.base import Engine, Signature, slices
from rawtf.engines.vectorised import STACKED, Vectorised, stacked
from rawtf.initializers import Shape, initialize
from rawtf.kernels import Kernels
from rawtf.mlp import MLP, MLPDropout
from rawtf.model import STATE, Model
from rawtf.optimizers import OPTIMIZERS, Optimizer
from rawtf.perceptron import Perceptron

__all__ = [
    "EAGER", "SEED_STATE", "TWINS", "Ask", "Engine", "Fit", "Twins", "Vectorised", "Weights",
    "slices",
]  # fmt: skip

PREDICTING = predicting.BY_NAME
"""The ways to ask a Keras model for a prediction, by name; the first is the one of a server."""

Weights = dict[str, np.ndarray]

KERAS_ARCHIVE = ".keras"
"""How the name of a file ends that Keras writes itself."""


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


def _dense(raw: Any, keras_model: Callable[..., keras.Model]) -> Twins:
    """Return the twins of a model of dense layers."""
    return Twins(
        shapes=lambda spec: raw.shapes(spec.hidden_layers, *spec.input_shape),
        raw=lambda spec, values, kernels: raw(values, kernels, **_dropout(spec)),
        keras=lambda spec, init: keras_model(
            spec.hidden_layers, init, *spec.input_shape, **_dropout(spec)
        ),
    )


def _convolutional(raw: Any, keras_model: Callable[..., keras.Model]) -> Twins:
    """Return the twins of a ConvNet."""
    return Twins(
        shapes=lambda spec: raw.shapes(spec.filters, spec.hidden_layers, spec.input_shape),
        raw=lambda spec, values, kernels: raw(values, kernels, **_dropout(spec)),
        keras=lambda spec, init: keras_model(
            spec.filters, spec.hidden_layers, init, spec.input_shape, **_dropout(spec)
        ),
    )


def _dropout(spec: ModelSpec) -> dict[str, float]:
    return {"dropout_rate": spec.dropout_rate} if spec.dropout_rate else {}


TWINS: dict[str, Twins] = {
    "perceptron": Twins(
        shapes=lambda spec: Perceptron.shapes(*spec.input_shape),
        raw=lambda spec, values, kernels: Perceptron(values, kernels),
        keras=lambda spec, init: perceptron(init, *spec.input_shape),
    ),
    "mlp": _dense(MLP, mlp),
    "mlp-dropout": _dense(MLPDropout, mlp_dropout),
    "convnet": _convolutional(ConvNet, convnet),
    "convnet-dropout": _convolutional(ConvNetDropout, convnet_dropout),
    "convnet-batchnorm": _convolutional(ConvNetBatchNorm, convnet_batchnorm),
    "convnet-full": _convolutional(ConvNetFull, convnet_full),
}


def twins_of(model: str) -> Twins:
    """Return both implementations of a model, the workshop's or the user's own."""
    return TWINS[model] if model in TWINS else own_twins(TWINS, Twins)[model]


def initial_weights(config: Config) -> Weights:
    """Draw what both sides start from: every variable by name, in the config's dtype.

    Drawn once, in NumPy, by the hand-written initializers. Were each side to draw its own, a
    comparison would compare seeds.
    """
    rng = np.random.default_rng([config.seed, 0])
    shapes = twins_of(config.model).shapes(config.spec)
    drawn = initialize(shapes, config.initializer, rng)
    return {
        name: value.astype(config.dtype) if value.dtype.kind == "f" else value
        for name, value in drawn.items()
    }


def n_parameters(config: Config) -> int:
    """Return how many numbers gradient descent moves."""
    shapes = twins_of(config.model).shapes(config.spec)
    return sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(STATE))


def inputs_and_targets(config: Config, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return what both sides are fed.

    x is (n, 784), or (n, 28, 28, 1) for a ConvNet; y is (n, 1) of 0 and 1, or one-hot (n, 10).
    """
    x = split.x.astype(config.dtype, copy=False).reshape(-1, *config.spec.input_shape)
    if config.spec.is_binary:
        return x, split.y.astype(config.dtype)[:, np.newaxis]
    return x, np.eye(config.spec.n_outputs, dtype=config.dtype)[split.y]


def raw_engine(
    config: Config,
    weights: Weights,
    wrap_optimizer: Callable[[Optimizer], Optimizer] = lambda optimizer: optimizer,
    wrap_kernels: Callable[[Kernels], Kernels] = lambda kernels: kernels,
) -> Engine:
    """Return the hand-written model, holding these weights, in the config's engine.

    Args:
        config: the dials.
        weights: what it starts from.
        wrap_optimizer, wrap_kernels: put something in the place of its rule, or of its operations.
    """

    def build() -> tuple[Model, Optimizer]:
        plain = twins_of(config.model).raw(config.spec, weights, config.kernels)
        model = plain.using(wrap_kernels(plain.kernels))
        optimizer = OPTIMIZERS[config.optimizer](model.parameters, config.learning_rate)
        return model, wrap_optimizer(optimizer)

    engine = rawtf.engines.EVERY_BY_NAME[config.engine]
    return engine(build, signature(config), gradients=config.gradients, xla=config.xla)


def raw_seeds(config: Config, seeds: int) -> Vectorised:
    """Return the hand-written model of so many seeds in one graph, from the config's seed on.

    Each holds the weights that ``initial_weights`` draws for it.
    """
    values = stacked([initial_weights(each) for each in seeds_of(config, seeds)])

    def build() -> tuple[Model, Optimizer]:
        model = twins_of(config.model).raw(config.spec, values, "fused").using(STACKED)
        return model, OPTIMIZERS[config.optimizer](model.parameters, config.learning_rate)

    return Vectorised(build, signature(config))


def seeds_of(config: Config, seeds: int) -> list[Config]:
    """Return the config of each of so many seeds, from its own on."""
    return [config.but(seed=config.seed + number) for number in range(seeds)]


def signature(config: Config) -> Signature:
    """Return what one sample of a model looks like."""
    return Signature(config.spec.input_shape, (config.spec.n_outputs,), config.dtype)


def keras_engine(config: Config, weights: Weights | None) -> Fit:
    """Return the Keras model in the config's Keras engine.

    Args:
        config: the dials.
        weights: what it starts from; None for a draw of Keras's own (seed it before).
    """
    build = partial(compiled, config)
    engine = keras_engines.BY_NAME[config.keras_engine](build, config.dtype)
    if weights is not None:
        engine.set_weights(weights)
    return engine


def save(path: Path, engine: Engine | Fit) -> None:
    """Write all that training needs to go on: Keras's archive where the name says so, else npz."""
    if path.suffix == KERAS_ARCHIVE and isinstance(engine, Fit):
        keras_saving.save(path, engine.model)
    else:
        saving.save(path, engine)


def state(engine: Engine | Fit) -> Weights:
    """Return all that training needs to go on, by the names that the npz of ``save`` has."""
    return saving.state(engine)


def restore(engine: Engine | Fit, values: Weights, steps: int) -> None:
    """Let an engine stand where another one, of either side, stood.

    Args:
        engine: of the same model and optimizer.
        values: what ``state`` returned.
        steps: taken so far. Every optimizer of Keras counts them, whether its rule reads it or not.
    """
    engine.set_state(*saving.parted(values))
    if isinstance(engine, Fit):
        engine.model.optimizer.iterations.assign(steps)


def load(path: Path, dtype: str) -> tuple[Weights, Weights]:
    """Return the variables and the optimizer's state that ``save`` wrote, each by name.

    Of an archive they are without the random states of dropout, which Keras does not save.
    """
    if path.suffix != KERAS_ARCHIVE:
        return saving.load(path)
    loaded = Fit(partial(keras_saving.load, path), dtype)
    weights = {n: v for n, v in loaded.get_weights().items() if not n.endswith(SEED_STATE)}
    return weights, loaded.get_optimizer_state()


def compiled(config: Config, metrics: Sequence[str] = (), eagerly: bool = False) -> keras.Model:
    """Return the Keras model, compiled; its weights are Keras's own draw.

    Args:
        config: the dials.
        metrics: compiled in, by Keras's names.
        eagerly: whether Keras is to make no graph of it.
    """
    initializer = compiling.INITIALIZERS[config.initializer]()
    return compiling.compile_model(
        twins_of(config.model).keras(config.spec, initializer),
        config.spec.loss,
        config.optimizer,
        config.learning_rate,
        config.steps_per_execution,
        config.xla,
        metrics,
        eagerly,
    )
