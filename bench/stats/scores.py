"""Test metrics by scikit-learn, the same function for both sides."""

import numpy as np

from bench.specs import Config


def metrics(config: Config, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return accuracy, and for a binary model the area under the ROC curve.

    Args:
        config: which model this is.
        probabilities: (n, outputs) as the model predicts them.
        labels: integers, (n,).

    Returns:
        ``accuracy`` in [0, 1]; ``roc_auc`` in [0, 1] for a binary model where both labels occur.
    """
    from sklearn.metrics import accuracy_score, roc_auc_score

    result = {"accuracy": float(accuracy_score(labels, predicted_classes(config, probabilities)))}
    if config.spec.is_binary and len(np.unique(labels)) == 2:
        result["roc_auc"] = float(roc_auc_score(labels, probabilities[:, 0]))
    return result


def predicted_classes(config: Config, probabilities: np.ndarray) -> np.ndarray:
    """Return the class of each sample, (n,) of integers: the likelier side of 0.5, or the largest.

    Args:
        config: which model this is.
        probabilities: (n, outputs) as the model predicts them.
    """
    if config.spec.is_binary:
        return (probabilities[:, 0] > 0.5).astype(np.int64)
    return probabilities.argmax(axis=1)
