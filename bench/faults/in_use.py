"""Faults in how a trained model is used: asked, judged or loaded. Training was as it should be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench import twins
from bench.faults.in_training import PIXEL
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.specs import Config
from bench.stats.scores import metrics
from bench.twins import Weights, slices
from rawtf.kernels import Kernels

BATCH_OF_METRICS = 128
SINGLE_IMAGES = 500
"""How many are asked one at a time; a share of them is as good as all."""


@dataclass(frozen=True)
class Trained:
    """A model as training left it, and the samples that it is tested on.

    Attributes:
        config: of the model.
        weights: by name.
        x, labels: the test set, the labels as integers.
        loss: the mean over the last epoch of its training, in nats.
    """

    config: Config
    weights: Weights
    x: np.ndarray
    labels: np.ndarray
    loss: float

    def accuracy(self, probabilities: np.ndarray, labels: np.ndarray | None = None) -> float:
        """Return the share of right answers."""
        wanted = self.labels if labels is None else labels
        return metrics(self.config, probabilities, wanted)["accuracy"]

    def predict(
        self,
        x: np.ndarray | None = None,
        weights: Weights | None = None,
        kernels: Callable[[Kernels], Kernels] = lambda kernels: kernels,
    ) -> np.ndarray:
        """Return the probabilities, (samples, outputs), with something changed."""
        engine: Any = twins.raw_engine(self.config, weights or self.weights, wrap_kernels=kernels)
        return engine.predict(self.x if x is None else x, PREDICT_BATCH_SIZE)

    def predict_in_training(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities with everything on that only training should have."""
        engine: Any = twins.raw_engine(self.config, self.weights)

        @tf.function
        def forward(batch: tf.Tensor) -> tf.Tensor:
            return engine.model.probabilities(engine.model.forward(batch, training=True)[0])

        batches = slices(np.arange(len(x)), batch_size)
        return np.concatenate([forward(tf.constant(x[batch])).numpy() for batch in batches])


def _no_sigmoid(trained: Trained) -> float:
    return trained.accuracy(trained.predict(kernels=lambda k: replace(k, sigmoid=tf.identity)))


def _channels_first(trained: Trained) -> float:
    def flatten(x: tf.Tensor) -> tf.Tensor:
        turned = tf.transpose(x, (0, 3, 1, 2))
        return tf.reshape(turned, (-1, int(np.prod(turned.shape[1:]))))

    return trained.accuracy(trained.predict(kernels=lambda k: replace(k, flatten=flatten)))


def _unscaled(trained: Trained) -> float:
    return trained.accuracy(trained.predict((PIXEL * trained.x).astype(trained.x.dtype)))


def _dropout_on(trained: Trained) -> float:
    return trained.accuracy(trained.predict_in_training(trained.x, PREDICT_BATCH_SIZE))


def _sorted_batches(trained: Trained) -> float:
    order = np.argsort(trained.labels, kind="stable")
    probabilities = trained.predict_in_training(trained.x[order], PREDICT_BATCH_SIZE)
    return trained.accuracy(probabilities, trained.labels[order])


def _batch_of_one(trained: Trained) -> float:
    some = slice(0, SINGLE_IMAGES)
    probabilities = trained.predict_in_training(trained.x[some], 1)
    return trained.accuracy(probabilities, trained.labels[some])


def _mean_of_batches(trained: Trained) -> float:
    probabilities = trained.predict()
    batches = slices(np.arange(len(trained.labels)), BATCH_OF_METRICS)
    shares = [trained.accuracy(probabilities[b], trained.labels[b]) for b in batches]
    return float(np.mean(shares))


def _averages_anew(trained: Trained) -> float:
    fresh = twins.initial_weights(trained.config)
    kept = {n: fresh[n] if "moving_" in n else v for n, v in trained.weights.items()}
    return trained.accuracy(trained.predict(weights=kept))


def _by_column(trained: Trained) -> float:
    mixed = {
        name: value.ravel().reshape(value.shape, order="F") if name.endswith("kernel") else value
        for name, value in trained.weights.items()
    }
    return trained.accuracy(trained.predict(weights=mixed))


IN_USE: dict[str, Callable[[Trained], float]] = {
    "channels first": _channels_first,
    "no sigmoid": _no_sigmoid,
    "batch of one": _batch_of_one,
    "mean of batches": _mean_of_batches,
    "unscaled in prediction": _unscaled,
    "dropout in prediction": _dropout_on,
    "training mode, sorted": _sorted_batches,
    "averages not saved": _averages_anew,
    "read by column": _by_column,
}
"""Each returns the accuracy that the fault ends in."""
