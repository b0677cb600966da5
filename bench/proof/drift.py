"""How far twins part as training goes on: the fused pair, the pair of formulas, rounding itself.

Three distances beside one another, step by step. The fused twin stays at 0 ULP. The twin that is
written in formulas, gradients by hand, sums in another order: it drifts. What that drift is worth
is told by the third: Keras's own twin against itself, its last bits shaken (``noise_floor``).
"""

from functools import reduce
from operator import or_

from bench.data.datasets import Dataset
from bench.proof.comparisons import Comparisons
from bench.proof.criteria import AFTER_STEP
from bench.proof.distance import Distance
from bench.proof.exact_mode import set_exact
from bench.proof.lockstep import Lockstep
from bench.records.reading import Record
from bench.specs import Config

FUSED, FORMULAS, SHAKEN = "fused kernels", "formulas, gradients by hand", "last bits shaken"


def drift(config: Config, dataset: Dataset, steps: int) -> Record:
    """Return the largest distance of any weight to Keras's after each step, for each of three.

    Args:
        config: of the fused pair.
        dataset: whose training set is walked.
        steps: how far.
    """
    formulas = config.but(kernels="primitive", gradients="manual")
    set_exact(formulas)
    lockstep = Lockstep([formulas, config], dataset, steps)
    lockstep.walk()
    lockstep.close()
    by_formulas, fused = (follower.comparisons for follower in lockstep.followers)
    shaken = [run.comparisons.by_step(AFTER_STEP) for run in lockstep.shaken[:1]]
    return {
        "model": config.model,
        "config": config.to_dict(),
        "steps": lockstep.steps,
        "series": {
            FUSED: _series(fused),
            FORMULAS: _series(by_formulas),
            SHAKEN: [_plain(reduce(or_, step)) for step in zip(*shaken, strict=True)],
        },
    }


def _series(comparisons: Comparisons) -> list[Record]:
    return [_plain(distance) for distance in comparisons.by_step(AFTER_STEP)]


def _plain(distance: Distance) -> Record:
    return {"max_ulp": distance.max_ulp, "max_relative": distance.max_relative}
