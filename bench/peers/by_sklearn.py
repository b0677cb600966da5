"""scikit-learn: ``MLPClassifier.partial_fit`` with plain SGD, an epoch's part a call."""

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from bench.peers.peer import NotWritten, Peer, Task, task_of
from bench.peers.walked import Masks, Weights


def make(config: dict[str, Any], dataset: str, limit: int | None) -> Peer:
    """Return the peer.

    Raises:
        NotWritten: the model has what scikit-learn has not.
    """
    task = task_of(config, dataset, limit)
    spec = task.config.spec
    for has, what in ((spec.filters, "convolutions"), (spec.dropout_rate, "dropout")):
        if has:
            raise NotWritten(f"scikit-learn has no {what}")
    return SklearnPeer(task)


class SklearnPeer(Peer):
    """The perceptron (no hidden layer) and the MLP.

    ``SGDClassifier`` would not do for the perceptron: it takes a step a sample, not a batch.
    """

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.model = MLPClassifier(
            task.config.spec.hidden_layers,
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            batch_size=self.batch_size,
            learning_rate_init=self.rate,
            momentum=0.0,
            nesterovs_momentum=False,
            shuffle=False,
        )
        self.classes = np.unique(task.y)
        # the first call makes its variables and its optimizer, which then holds on to them
        first = slice(self.batch_size)
        self.model.partial_fit(task.x[first], task.y[first], classes=self.classes)

    def _variables(self) -> Weights:
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return {
            f"dense_{i}/{role}": value
            for i, pair in enumerate(pairs, start=1)
            for role, value in zip(("kernel", "bias"), pair, strict=True)
        }

    def set_weights(self, values: Weights) -> None:
        """Write them into its arrays."""
        for name, variable in self._variables().items():
            variable[...] = values[name]

    def weights(self) -> Weights:
        """Return copies."""
        return {name: value.copy() for name, value in self._variables().items()}

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Let it cut the samples into batches and take a step for each."""
        self.model.partial_fit(self.task.x[order], self.task.y[order])
