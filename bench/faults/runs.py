"""Each fault of a model planted and run beside the healthy one, from the same weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import epoch_order
from bench.data.for_model import dataset_for
from bench.faults.in_training import HEALTHY, IN_TRAINING, InTraining
from bench.faults.in_use import IN_USE, Trained
from bench.proof.exact_mode import set_exact
from bench.records.reading import Record
from bench.specs import Config, ModelSpec, default_config, model_spec


@dataclass(frozen=True)
class Setting:
    """How long and by which rule the faults of a model are run: to where one can be told."""

    optimizer: str
    learning_rate: float
    batch_size: int
    steps: int


def setting_of(spec: ModelSpec) -> Setting:
    """Return the setting of a model: the workshop's plain SGD would take a dozen epochs."""
    if spec.is_binary:
        return Setting("sgd", 0.05, 128, 20)
    if spec.dropout_rate:
        return (
            Setting("adam", 0.003, 64, 400) if spec.filters else Setting("adam", 0.005, 128, 1290)
        )
    return Setting("momentum", 0.05, 128, 150 if spec.filters else 600)


def config_of(model: str, seed: int = 0) -> Config:
    """Return the config under which the faults of a model are run."""
    setting = setting_of(model_spec(model))
    return default_config(
        model,
        optimizer=setting.optimizer,
        learning_rate=setting.learning_rate,
        batch_size=setting.batch_size,
        epochs=1,
        seed=seed,
    )


def run_faults(
    model: str,
    faults: Sequence[str],
    dataset: str,
    limit: int | None,
    steps: int | None = None,
    seed: int = 0,
) -> Iterator[Record]:
    """Train once as it should be, then with each fault; yield a record for each.

    Everything runs in exact mode, so that the same call gives the same digits.

    Args:
        model, faults: by name.
        dataset, limit: what is trained on, as ``bench.data.for_model.dataset_for`` takes it.
        steps: of each training; None for as many as the model's faults need to be told.
        seed: of weights and batches.
    """
    config = config_of(model, seed)
    data = dataset_for(config.spec, dataset, limit)
    steps = steps or setting_of(config.spec).steps
    set_exact(config)
    healthy = Training(config, data, HEALTHY, steps)
    trained = healthy.trained()
    right = {"accuracy": trained.accuracy(trained.predict()), "loss": trained.loss}
    for fault in faults:
        yield {
            "model": model,
            "fault": fault,
            "config": config.to_dict(),
            "steps": steps,
            "n_test": len(data.test),
            "trained": fault in IN_TRAINING,
            "healthy": right,
            **(_in_use(fault, trained) if fault in IN_USE else _in_training(fault, healthy)),
        }


def _in_use(fault: str, trained: Trained) -> Record:
    return {"faulty": {"accuracy": IN_USE[fault](trained), "loss": None}, "gradient_ratio": None}


def _in_training(fault: str, healthy: "Training") -> Record:
    faulty = Training(healthy.config, healthy.data, IN_TRAINING[fault], healthy.steps)
    ended = faulty.trained()
    accuracy = ended.accuracy(ended.predict(kernels=faulty.fault.kernels))
    ratio = None
    if faulty.sees_the_same:
        ratio = _ratio(faulty.first_gradient(), healthy.first_gradient())
    return {"faulty": {"accuracy": accuracy, "loss": ended.loss}, "gradient_ratio": ratio}


class Training:
    """One training, healthy or with a fault in it."""

    def __init__(self, config: Config, data: Dataset, fault: InTraining, steps: int) -> None:
        self.config, self.data, self.fault, self.steps = config, data, fault, steps
        x, y = twins.inputs_and_targets(config, data.train)
        self.x, self.y = fault.inputs(x), fault.targets(y)
        self.start = fault.weights(twins.initial_weights(config))

    def engine(self) -> Any:
        """Return a fresh engine with the fault in it."""
        return twins.raw_engine(
            self.config,
            self.start,
            wrap_optimizer=self.fault.optimizer,
            wrap_kernels=self.fault.kernels,
        )

    def order(self, epoch: int) -> np.ndarray:
        """Return which samples an epoch sees."""
        order = epoch_order(self.config, len(self.x), epoch)
        return self.fault.order(order, self.data.train.y)

    def first_gradient(self) -> float:
        """Return the length of the gradient of the first batch."""
        batch = self.order(0)[: self.config.batch_size]
        gradients = self.engine().probe(self.x[batch], self.y[batch]).gradients
        return float(
            np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients.values()))
        )

    @property
    def sees_the_same(self) -> bool:
        """Whether its batches are those of a healthy run, so that gradients can be compared."""
        return self.fault.order is HEALTHY.order and self.fault.targets is HEALTHY.targets

    def trained(self) -> Trained:
        """Train for the steps that are wanted; return what it came to."""
        engine, left, epoch, loss = self.engine(), self.steps, 0, np.nan
        while left > 0:
            order = self.order(epoch)[: left * self.config.batch_size]
            loss = engine.train_epoch(self.x, self.y, order, self.config.batch_size)
            left, epoch = left - -(-len(order) // self.config.batch_size), epoch + 1
        x, _ = twins.inputs_and_targets(self.config, self.data.test)
        weights = engine.get_weights()
        return Trained(self.config, weights, self.fault.inputs(x), self.data.test.y, loss)


def _ratio(faulty: float, healthy: float) -> float | None:
    return faulty / healthy if healthy and np.isfinite(faulty) else None
