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

    if not config.spec.is_binary:
        return {"accuracy": float(accuracy_score(labels, probabilities.argmax(axis=1)))}
    score = probabilities[:, 0]
    result = {"accuracy": float(accuracy_score(labels, score > 0.5))}
    if len(np.unique(labels)) == 2:
        result["roc_auc"] = float(roc_auc_score(labels, score))
    return result
