"""Which raw engines may be the best by hand: proved, then the fastest of a look."""

from collections.abc import Sequence

from bench.data.for_model import dataset_for
from bench.host.fresh_process import in_fresh_process
from bench.peers.stand import Member, twin_member
from bench.proof.lockstep import CheckedPair, Parity, check_engines
from bench.specs import Config

DENSE = (("step", False), ("epoch", False), ("epoch", True))
CONVOLUTIONAL = (("step", False), ("epoch", False), ("step", True))
"""Engines, and whether XLA compiles them. Convolutions in a loop under XLA take minutes a step on
a CPU (docs/measuring.md), so that a ConvNet has it a step at a time."""


def candidates(
    config: Config, proved: Sequence[CheckedPair], dataset: str, limit: int | None, steps: int
) -> list[Member]:
    """Return ``fit`` and every raw engine that was or is now proved equal, as arms.

    Args:
        config: the dials of the model.
        proved: pairs that are proved already.
        dataset, limit: what it is trained on.
        steps: of a proof that is still to be made.
    """
    every = CONVOLUTIONAL if config.spec.filters else DENSE
    proofs = {pair.config: pair.parity for pair in proved}
    wanted = [config.but(engine=engine, xla=xla) for engine, xla in every]
    for one in wanted:
        if one not in proofs:
            # XLA needs a process that never asked for op determinism
            proofs[one] = in_fresh_process(_prove, one, dataset, limit, steps)
    members = [_member(one, proofs[one], "raw") for one in wanted if proofs[one].holds]
    fit = next((one for one in wanted if proofs[one].holds and not one.xla), None)
    return [_member(fit, proofs[fit], "keras"), *members] if fit else []


def _prove(config: Config, dataset: str, limit: int | None, steps: int) -> Parity:
    data = dataset_for(config.spec, dataset, limit)
    return next(check_engines(config, [config.engine], data, steps))


def _member(config: Config, parity: Parity, impl: str) -> Member:
    words = f"{parity.criterion} over {parity.steps:,} steps"
    # the bits of fit as it comes: under XLA the proof is against fit under XLA
    same_bits = impl == "raw" and not config.xla and parity.max_ulp == 0
    return twin_member(config, impl, words, same_bits)
