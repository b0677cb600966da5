"""What the arms of a stand run on: one copy of the data for all of them."""

from functools import cached_property

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.datasets import Dataset
from bench.data.for_model import dataset_for
from bench.specs import Config


class Samples:
    """Samples, in each length that some arm takes: one copy for all arms."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y
        self._cut: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._on_device: dict[int, tuple[tf.Tensor, tf.Tensor]] = {}

    def first(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return n samples, the data repeated where it is too small; the same arrays each time."""
        if n not in self._cut:
            places = slice(n) if n <= len(self.x) else np.arange(n) % len(self.x)
            self._cut[n] = self.x[places], self.y[places]
        return self._cut[n]

    def tensors(self, n: int) -> tuple[tf.Tensor, tf.Tensor]:
        """Return n samples on the device: whoever is handed tensors makes no copy of its own."""
        if n not in self._on_device:
            x, y = self.first(n)
            self._on_device[n] = tf.constant(x), tf.constant(y)
        return self._on_device[n]


class ModelData:
    """What a model trains and validates on, loaded when it is first asked for.

    Args:
        config: of the model.
        dataset, limit: as ``bench.data.for_model.dataset_for`` takes them.
    """

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        self.config, self.dataset, self.limit = config, dataset, limit

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs; it loads the data by itself."""
        return {name: self.__dict__[name] for name in ("config", "dataset", "limit")}

    @cached_property
    def train(self) -> Samples:
        """The training set."""
        return Samples(*twins.inputs_and_targets(self.config, self._loaded.train))

    @cached_property
    def validation(self) -> Samples:
        """The validation set."""
        return Samples(*twins.inputs_and_targets(self.config, self._loaded.validation))

    @cached_property
    def _loaded(self) -> Dataset:
        return dataset_for(self.config.spec, self.dataset, self.limit)
