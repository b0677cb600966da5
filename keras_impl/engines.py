"""How a Keras model is run, by name."""

from keras_impl.best_fit import Fit32, UntunedFit
from keras_impl.fitting import SEED_STATE, Fit, TrainOnBatch
from keras_impl.own_epoch import OwnEpoch
from keras_impl.own_loop import OwnLoop

__all__ = ["BY_NAME", "SEED_STATE", "Fit"]

BY_NAME: dict[str, type[Fit]] = {
    "fit": Fit,
    "fit_untuned": UntunedFit,
    "fit_32": Fit32,
    "train_on_batch": TrainOnBatch,
    "own_loop": OwnLoop,
    "own_epoch": OwnEpoch,
}
