"""Trained sides as the plain record that is stored."""

from dataclasses import asdict
from typing import Any

from bench.training.accuracy import Accuracy


def accuracy_record(trained: Accuracy, n_test: int) -> dict[str, Any]:
    """Return how both sides ended, and their curves."""
    return {
        "model": trained.config.model,
        "config": trained.config.to_dict(),
        "n_parameters": trained.n_parameters,
        "steps": trained.steps,
        "epochs": trained.config.epochs,
        "max_ulp": max(distance.max_ulp for distance in trained.weights),
        "weights": [asdict(distance) for distance in trained.weights],
        **{
            side: {
                "accuracy": test["accuracy"],
                "roc_auc": test.get("roc_auc"),
                "loss": trained.curves[side][-1].loss,
                "n_test": n_test,
            }
            for side, test in trained.test.items()
        },
        "curves": {side: [asdict(e) for e in curve] for side, curve in trained.curves.items()},
        "outcomes": trained.outcomes,
    }
