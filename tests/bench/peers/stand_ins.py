"""Stand-ins for the twins' workers: NumPy under another name, so that no TensorFlow is started."""

import numpy as np

from bench.peers import by_numpy
from bench.peers.stand import Member


def make(config, dataset, limit, impl):
    peer = by_numpy.make(config, dataset, limit)
    shapes = {"dense_1/kernel": (784, 1), "dense_1/bias": (1,)}
    peer.set_weights({name: np.zeros(shape, np.float32) for name, shape in shapes.items()})
    return peer


def candidates(config, proved, dataset, limit, steps):
    factory = f"{__name__}:make"
    raw = Member("raw epoch", "raw", "epoch", config, factory, {"impl": "raw"}, "0 ULP", True)
    fit = Member("keras fit", "keras", "fit", config, factory, {"impl": "keras"}, "0 ULP")
    return [fit, raw]
