"""What a peer is held against: the Keras twin step by step, and the noise floor of each step.

The floor has a run more than that of ``bench.proof.noise_floor``: the same in double precision. A
mean over 300,000 pixels that TensorFlow adds up one by one lies up to 1e-2 from its value, with or
without shaken bits; libraries that add up in blocks or in a tree lie 1e-7 from it. So a peer may
lie as far from the twin as rounding has driven the twin from where it should be.
"""

from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.epoch_order import epoch_order
from bench.data.for_model import dataset_for
from bench.peers.walked import Masks, Start, batches
from bench.proof.comparisons import Comparisons
from bench.proof.criteria import AFTER_STEP, SAME_BITS
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import RUNS, shaken_engine
from bench.specs import Config
from rawtf.dropout import SEED_STATE, as_seed, stateless_dropout
from rawtf.kernels import Kernels

DENSE_STEPS, CONV_STEPS = 20, 5
"""Of a proof: a ConvNet's step takes a hundred times as long, and four twins take it."""


@dataclass(frozen=True)
class Reference:
    """A walk of the Keras twin.

    Attributes:
        start: what it was given, and what a peer is given.
        by_step: its weights after each step, without dropout's random state.
        shaken: how far the shaken runs, and the one in double precision, were from it.
        n_test: test samples.
    """

    start: Start
    by_step: list[twins.Weights]
    shaken: Comparisons
    n_test: int


def walk(config: Config, dataset: str, limit: int | None) -> Reference:
    """Put this process into exact mode and walk the Keras twin, shaken twins beside it.

    The last batch is half of one: of another size a step is another program to most libraries.
    """
    set_exact(config)
    data = dataset_for(config.spec, dataset, limit)
    x, y = twins.inputs_and_targets(config, data.train)
    weights = twins.initial_weights(config)
    start = Start(weights, _order(config, len(x)))
    keras = twins.keras_engine(config.but(keras_engine="train_on_batch"), weights)
    shaken = [shaken_engine(config, weights, run) for run in range(RUNS)]
    shaken.append(double_engine(config, weights))
    comparisons = Comparisons(SAME_BITS)
    by_step: list[twins.Weights] = []
    masks: list[list[np.ndarray]] = []
    for number, batch in enumerate(batches(start.order, config.batch_size), start=1):
        masks.append(_masks(config, keras.get_weights(), len(batch)))
        keras.train_on_batch(x[batch], y[batch])
        by_step.append(_without_seeds(keras.get_weights()))
        for each in shaken:
            dtype = each.signature.dtype
            each.train_on_batch(x[batch].astype(dtype), y[batch].astype(dtype))
            own = _without_seeds(each.get_weights())
            comparisons.add_all(AFTER_STEP, own, by_step[-1], number)
    given: Masks | None = masks if config.spec.dropout_rate else None
    return Reference(Start(weights, start.order, given), by_step, comparisons, len(data.test))


def double_engine(config: Config, weights: twins.Weights) -> twins.Engine:
    """Return the hand-written twin in double precision, with the masks of single precision."""
    wide = {n: v.astype(np.float64) if v.dtype.kind == "f" else v for n, v in weights.items()}

    def same_masks(kernels: Kernels) -> Kernels:
        return replace(kernels, dropout=_dropout_by_narrow_mask)

    return twins.raw_engine(
        config.but(engine="step", dtype="float64"), wide, wrap_kernels=same_masks
    )


def _dropout_by_narrow_mask(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    mask = stateless_dropout(tf.ones(tf.shape(x)), rate, seed)
    return x * tf.cast(mask, x.dtype)


def _order(config: Config, samples: int) -> np.ndarray:
    """Return the samples of all steps, half a batch in the last."""
    steps = CONV_STEPS if config.spec.filters else DENSE_STEPS
    wanted = (steps - 1) * config.batch_size + config.batch_size // 2
    order = epoch_order(config, samples, 0)
    return np.resize(order, wanted)  # of few samples again and again


def _masks(config: Config, weights: twins.Weights, n: int) -> list[np.ndarray]:
    """Return what each dropout keeps at the next step, worked out from its random state."""
    states = [value for name, value in weights.items() if name.endswith(SEED_STATE)]
    return [
        stateless_dropout(
            tf.ones((n, units)), config.spec.dropout_rate, as_seed(tf.constant(state))
        ).numpy()
        for units, state in zip(config.spec.hidden_layers, states, strict=bool(states))
    ]


def _without_seeds(weights: twins.Weights) -> twins.Weights:
    """Return the weights in single precision, without dropout's random state."""
    kept = {name: value for name, value in weights.items() if not name.endswith(SEED_STATE)}
    return {name: value.astype(np.float32) for name, value in kept.items()}
