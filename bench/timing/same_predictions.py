"""Before a prediction is timed: every way gives the same bits for the same samples.

A way that runs in a graph is held against the raw side in a graph, one that runs an operation at
a time against the raw side called that way. Between the two TensorFlow itself rounds differently:
in a graph it puts a product and the bias after it into one operation.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from bench import twins
from bench.errors import NotVerified
from bench.host import gpu
from bench.proof.distance import distance
from bench.proof.noise_floor import HEADROOM, RUNS, shaken
from bench.specs import Config
from bench.timing.audit import Finding
from bench.timing.model_stand import Arm, Engine, ask_of

FACT = "prediction of a sample"
SAMPLES = 16
MEASURED = "a graph, or an operation at a time: one of the ways that are compared"


def same_predictions(arms: Sequence[Arm], engines: Mapping[str, Engine], x: np.ndarray) -> Finding:
    """Ask every arm for the same samples, one by one; return what each was found equal to.

    All engines are given the weights of the first arm: those timed before have trained.

    Args:
        arms: of the latency of one sample.
        engines: by arm, built.
        x: samples, (n, ...).

    Raises:
        NotVerified: an arm predicts other bits; on a GPU, what rounding cannot have done.
    """
    weights = engines[arms[0].name].get_weights()
    for engine in engines.values():
        engine.set_state(weights, {})
    config = arms[0].config.but(xla=False)
    with gpu.without_tf32():
        bound = _rounding(config, weights, x) if gpu.in_use() else 0.0
        by_hand = {
            engine: _one_by_one(
                twins.raw_engine(config.but(engine=engine), weights).predict_on_batch, x
            )
            for engine in dict.fromkeys(map(_like, arms))
        }
        for arm in arms:
            asked = _one_by_one(ask_of(arm, engines[arm.name]), x)
            _hold(arm.name, asked, by_hand[_like(arm)], bound)
    how_far = f"within {HEADROOM:g} times the noise floor of" if bound else "0 ULP from"
    found = {arm.name: f"{how_far} raw {_like(arm)}, sample by sample" for arm in arms}
    return Finding(FACT, found, MEASURED)


def _rounding(config: Config, weights: twins.Weights, x: np.ndarray) -> float:
    """Return how far rounding may take a prediction, over the largest: weights are shaken for it.

    On a GPU each graph may get kernels of its own (``bench.host.gpu.TRAITS``).
    """
    engine = twins.raw_engine(config.but(engine="step"), weights)
    plain, far = _one_by_one(engine.predict_on_batch, x), float(np.finfo(np.float32).eps)
    for run in range(RUNS):
        rng = np.random.default_rng([config.seed, run, 3])
        engine.set_state({name: shaken(rng, value) for name, value in weights.items()}, {})
        far = max(far, distance(_one_by_one(engine.predict_on_batch, x), plain).max_relative)
    return HEADROOM * far


def _like(arm: Arm) -> str:
    """Return the raw engine that asks for a prediction as an arm does."""
    return "eager" if arm.eager else "step"


def _one_by_one(ask: twins.Ask, x: np.ndarray) -> np.ndarray:
    few = x[:SAMPLES]
    return np.concatenate([ask(few[i : i + 1]) for i in range(len(few))])


def _hold(arm: str, found: np.ndarray, wanted: np.ndarray, bound: float) -> None:
    apart = distance(found, wanted)
    if apart.max_relative > bound:
        raise NotVerified(
            f"{arm} predicts other bits than the raw side for one sample ({apart.max_ulp:,} ULP, "
            f"{apart.max_abs:.1e}), so its time is not compared"
        )
