"""Before a prediction is timed: every way gives the same bits for the same samples.

A way that runs in a graph is held against the raw side in a graph, one that runs an operation at
a time against the raw side called that way. Between the two TensorFlow itself rounds differently:
in a graph it puts a product and the bias after it into one operation.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from bench import twins
from bench.errors import NotVerified
from bench.proof.distance import largest
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
        NotVerified: an arm predicts other bits.
    """
    weights = engines[arms[0].name].get_weights()
    for engine in engines.values():
        engine.set_state(weights, {})
    config = arms[0].config.but(xla=False)
    by_hand = {
        engine: _one_by_one(
            twins.raw_engine(config.but(engine=engine), weights).predict_on_batch, x
        )
        for engine in dict.fromkeys(map(_like, arms))
    }
    for arm in arms:
        _hold(arm.name, _one_by_one(ask_of(arm, engines[arm.name]), x), by_hand[_like(arm)])
    found = {arm.name: f"0 ULP from raw {_like(arm)}, sample by sample" for arm in arms}
    return Finding(FACT, found, MEASURED)


def _like(arm: Arm) -> str:
    """Return the raw engine that asks for a prediction as an arm does."""
    return "eager" if arm.eager else "step"


def _one_by_one(ask: twins.Ask, x: np.ndarray) -> np.ndarray:
    few = x[:SAMPLES]
    return np.concatenate([ask(few[i : i + 1]) for i in range(len(few))])


def _hold(arm: str, found: np.ndarray, wanted: np.ndarray) -> None:
    apart = largest({"probabilities": found}, {"probabilities": wanted})
    if apart.max_ulp:
        raise NotVerified(
            f"{arm} predicts other bits than the raw side for one sample ({apart.max_ulp:,} ULP, "
            f"{apart.max_abs:.1e}), so its time is not compared"
        )
