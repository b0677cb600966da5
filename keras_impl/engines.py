"""How a Keras model is run, by name."""

from keras_impl.fitting import SEED_STATE, Fit, TrainOnBatch
from keras_impl.own_loop import OwnLoop

__all__ = ["ENGINES", "SEED_STATE", "Fit"]

ENGINES: dict[str, type[Fit]] = {
    "fit": Fit,
    "train_on_batch": TrainOnBatch,
    "own_loop": OwnLoop,
}
