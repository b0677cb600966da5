"""The twin that an exercise has to agree with, and the data on which both are compared."""

from typing import Any

import keras
import numpy as np

from bench import twins
from bench.data.for_model import dataset_for
from bench.exercises.registry import Exercise
from bench.specs import Config, default_config

BATCH_SIZE = 16
STEPS = 1
SAMPLES = STEPS * BATCH_SIZE + 10  # and so a smaller last batch, which finds a fixed size
TEST_SAMPLES = 24

Arrays = tuple[np.ndarray, ...]


def config_of(exercise: Exercise) -> Config:
    """Return the settings of an exercise's twin."""
    return default_config(exercise.model, optimizer=exercise.optimizer, batch_size=BATCH_SIZE)


def twin(exercise: Exercise) -> keras.Model:
    """Return the compiled Keras twin; it has been proved equal to the one by hand."""
    config = config_of(exercise)
    return twins.keras_engine(config, twins.initial_weights(config)).model


def data_of(exercise: Exercise) -> Arrays:
    """Return x and y to train on, x and y to predict: a few of scikit-learn's digits."""
    x, y, x_test, y_test = digits(exercise)
    return x[:SAMPLES], y[:SAMPLES], x_test[:TEST_SAMPLES], y_test[:TEST_SAMPLES]


def digits(exercise: Exercise) -> Arrays:
    """Return all of the digits as an exercise's model takes them, and those for the test."""
    config = config_of(exercise)
    dataset = dataset_for(config.spec, "digits")
    parts = (twins.inputs_and_targets(config, part) for part in (dataset.train, dataset.test))
    return tuple(array for part in parts for array in part)


def fit_of(exercise: Exercise) -> dict[str, Any]:
    """Return what the reference's ``fit`` is called with."""
    return {"batch_size": BATCH_SIZE, "shuffle": exercise.shuffle}
