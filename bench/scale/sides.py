"""The ways to train that a comparison over replicas sets side by side."""

from collections.abc import Sequence

from bench import twins
from bench.scale.by_hand import replicated_engine
from bench.scale.in_keras import mirrored_engine
from bench.specs import Config


class Sides:
    """The same model, from the same weights, in six ways.

    Args:
        config: the dials; its batch size is that of all replicas together.
        devices: one for each replica, each another one.
        order: in which gradients are summed by hand.

    Attributes:
        spread: by hand, a replica on each device.
        in_turn: by hand, the same replicas on one device, one after another.
        as_keras: by hand, a replica on each device, counted and summed as Keras does.
        keras: Keras's ``fit`` on these devices, a batch a call.
        keras_whole: the same, an epoch a call.
        one: by hand, one model on one device, the whole batch at once.
        keras_one: Keras's ``fit`` so.
    """

    def __init__(self, config: Config, devices: Sequence[str], order: str) -> None:
        weights, first = twins.initial_weights(config), [devices[0]] * len(devices)
        self.replicas = len(devices)
        self.spread = replicated_engine(config, weights, devices, order)
        self.in_turn = replicated_engine(config, weights, first, order)
        self.keras = mirrored_engine(config, weights, devices)
        sent = self.keras.trainable_names()
        self.as_keras = replicated_engine(config, weights, devices, "ring", "replica", sent)
        self.keras_whole = mirrored_engine(config, weights, devices)
        self.one = twins.raw_engine(config.but(engine="step"), weights)
        self.keras_one = twins.keras_engine(config.but(keras_engine="fit"), weights)
