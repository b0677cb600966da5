"""From what was measured to the plain records that are stored."""

from dataclasses import asdict
from typing import Any

from bench.accuracy import Accuracy
from bench.ledger import Entry
from bench.parity import Parity
from bench.throughput import REFERENCE, Throughput


def parity_record(parity: Parity) -> dict[str, Any]:
    """Return the verdict, and a line for each rung and tensor."""
    return {
        "model": parity.config.model,
        "config": parity.config.to_dict(),
        "holds": parity.holds,
        "criterion": parity.criterion,
        "steps": parity.steps,
        "epochs": parity.epochs,
        "exact": list(parity.exact),
        "causes": list(parity.causes),
        "rungs": [
            {**_rung(entry), "floor": parity.floor.get((entry.rung, entry.tensor))}
            for entry in parity.entries
        ],
        "metrics": parity.metrics,
    }


def _rung(entry: Entry) -> dict[str, Any]:
    return {
        "rung": entry.rung,
        "tensor": entry.tensor,
        "holds": entry.holds,
        **asdict(entry.distance),
        "first_step": entry.first_step,
        "note": entry.note,
    }


def accuracy_record(found: Accuracy, n_test: int) -> dict[str, Any]:
    """Return how both sides ended, and their curves."""
    return {
        "model": found.config.model,
        "config": found.config.to_dict(),
        "n_parameters": found.n_parameters,
        "steps": found.steps,
        "epochs": found.config.epochs,
        "max_ulp": max(distance.max_ulp for distance in found.weights),
        "weights": [asdict(distance) for distance in found.weights],
        **{
            side: {
                "accuracy": test["accuracy"],
                "roc_auc": test.get("roc_auc"),
                "loss": found.curves[side][-1].loss,
                "n_test": n_test,
            }
            for side, test in found.test.items()
        },
        "curves": {side: [asdict(e) for e in curve] for side, curve in found.curves.items()},
    }


def throughput_record(found: Throughput, n_train: int) -> dict[str, Any]:
    """Return the seconds of every block, and the ratios worked out from them."""
    return {
        "model": found.config.model,
        "config": found.config.to_dict(),
        "order_seed": found.order_seed,
        "steps_per_segment": found.steps,
        "samples_per_segment": found.n_samples,
        "n_train": n_train,
        "reference": REFERENCE,
        "arms": [
            {
                "arm": arm.name,
                "impl": arm.impl,
                "engine": arm.engine,
                "first_call_seconds": arm.first_call_seconds,
                "seconds": arm.seconds,
                "proved": found.proofs.get(arm.name, "is what the raw arms were proved against"),
            }
            for arm in found.arms
        ],
        "ratios": [{"arm": name, **asdict(ratio)} for name, ratio in found.ratios.items()],
    }
