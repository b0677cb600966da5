"""Trained sides as the plain record that is stored."""

from dataclasses import asdict
from typing import Any

from bench.training.accuracy import Accuracy


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
        "outcomes": found.outcomes,
    }
