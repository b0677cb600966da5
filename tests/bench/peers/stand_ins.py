"""Stand-ins for the twins' workers: NumPy under another name, so that no TensorFlow is started."""

from bench.peers import by_numpy
from bench.peers.stand import Member


def make(config, dataset, limit, impl):
    return by_numpy.make(config, dataset, limit)


def candidates(config, proved, dataset, limit, steps):
    factory = f"{__name__}:make"
    raw = Member("raw epoch", "raw", "epoch", config, factory, {"impl": "raw"}, "0 ULP", True)
    fit = Member("keras fit", "keras", "fit", config, factory, {"impl": "keras"}, "0 ULP")
    return [fit, raw]
