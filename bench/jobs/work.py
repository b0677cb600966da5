"""What is done as a job of trainings and proofs; TensorFlow is loaded where it is done."""

from typing import Any

from bench.data.named import Named, dataset_of
from bench.host.quiet_import import quiet_tensorflow
from bench.specs import Config

SEED, PROOF = "bench.jobs.work:trained_seed", "bench.jobs.work:proved"


def trained_seed(
    config: dict[str, Any], data: dict[str, Any], modes: list[str]
) -> dict[str, dict[str, Any]]:
    """Train both sides of one seed; return by mode what ``SeedRun.to_dict`` says."""
    quiet_tensorflow()
    from bench.training.seeds import train_seed

    of_seed = Config.from_dict(config)
    runs = train_seed(of_seed, dataset_of(Named.from_dict(data), of_seed.spec), modes)
    return {mode: run.to_dict() for mode, run in runs.items()}


def proved(
    config: dict[str, Any], data: dict[str, Any], engines: list[str], steps: int | None
) -> list[dict[str, Any]]:
    """Walk raw engines behind one Keras side; return the record of each proof."""
    quiet_tensorflow()
    from bench.proof.lockstep import check_engines
    from bench.proof.parity_record import parity_record

    pair = Config.from_dict(config)
    dataset = dataset_of(Named.from_dict(data), pair.spec)
    return [parity_record(parity) for parity in check_engines(pair, engines, dataset, steps)]
