"""Keras's ``fit`` on several devices."""

from collections.abc import Sequence
from functools import partial

from bench import twins
from bench.specs import Config
from keras_impl.mirrored import MirroredFit


def mirrored_engine(
    config: Config, weights: twins.Weights | None, devices: Sequence[str]
) -> MirroredFit:
    """Return the Keras model on several devices, trained by ``fit``.

    Args:
        config: the dials; the batch size is that of all replicas together.
        weights: what it starts from; None for a draw of Keras's own.
        devices: one for each replica, each another one.
    """
    engine = MirroredFit(partial(twins.compiled, config), config.dtype, devices)
    if weights is not None:
        engine.set_weights(weights)
    return engine
