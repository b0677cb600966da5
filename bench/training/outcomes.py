"""What a trained model makes of the test set: who is taken for whom, and the worst mistakes.

Kept with the accuracy, so that a report shows them without the data or TensorFlow at hand.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.data.datasets import Split
from bench.specs import Config
from bench.stats.scores import predicted_classes

MISTAKES = 12
"""How many misclassified samples are kept, the surest first."""


def outcomes(
    config: Config,
    test: Split,
    probabilities: Mapping[str, np.ndarray],
    weights: Mapping[str, Mapping[str, np.ndarray]],
) -> dict[str, Any]:
    """Return confusion matrices, the surest mistakes, and the kernel where it is one image.

    Args:
        config: of the model.
        test: the samples.
        probabilities: (n, outputs) by side, ``raw`` and ``keras``.
        weights: by side, then by name.
    """
    predicted = {side: predicted_classes(config, p) for side, p in probabilities.items()}
    n_classes = 2 if config.spec.is_binary else config.spec.n_outputs
    return {
        "classes": list(config.spec.digits or range(n_classes)),
        "confusion": {
            side: confusion(test.y, labels, n_classes).tolist()
            for side, labels in predicted.items()
        },
        "mistakes": mistakes(test, predicted, sureness(config, probabilities["raw"])),
        "kernel": {side: of_side["dense_1/kernel"].ravel() for side, of_side in weights.items()}
        if config.spec.is_binary
        else None,
    }


def sureness(config: Config, probabilities: np.ndarray) -> np.ndarray:
    """Return the probability that a model gives to what it predicts, (n,)."""
    if config.spec.is_binary:
        return np.maximum(probabilities[:, 0], 1 - probabilities[:, 0])
    return probabilities.max(axis=1)


def confusion(labels: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return how many samples of class i (row) were taken for class j (column).

    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, predicted, labels=range(n_classes))


def mistakes(
    test: Split, predicted: Mapping[str, np.ndarray], sure: np.ndarray
) -> list[dict[str, Any]]:
    """Return what the hand-written side was surest of and wrong about, with the pixels."""
    wrong = np.flatnonzero(predicted["raw"] != test.y)
    surest = wrong[np.argsort(-sure[wrong], kind="stable")][:MISTAKES]
    return [
        {
            "index": index,
            "label": test.y[index],
            **{side: labels[index] for side, labels in predicted.items()},
            "probability": sure[index],
            "pixels": b64encode(np.rint(255 * test.x[index]).astype(np.uint8).tobytes()).decode(),
        }
        for index in surest
    ]
