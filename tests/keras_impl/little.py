"""A little multilayer perceptron of Keras, and samples for it."""

from functools import partial

import numpy as np

from keras_impl.compiling import compile_model
from keras_impl.mlp import mlp, mlp_dropout

N, INPUTS, CLASSES = 40, 6, 10
LOSS = "categorical_crossentropy"


def samples(dtype="float32"):
    """Return inputs (40, 6) and one-hot labels (40, 10), the same on each call."""
    rng = np.random.default_rng(0)
    x = rng.random((N, INPUTS)).astype(dtype)
    return x, np.eye(CLASSES, dtype=dtype)[rng.integers(0, CLASSES, N)]


def built(optimizer="sgd", learning_rate=0.5, dropout=False, **compiled):
    """Return what makes the compiled model 6-5-4-3-10."""
    make = mlp_dropout if dropout else mlp
    return lambda: compile_model(
        make((5, 4, 3), n_inputs=INPUTS), LOSS, optimizer, learning_rate, **compiled
    )


with_dropout = partial(built, dropout=True)


def cross_entropy(y, p):
    """Return the loss of each sample by its formula, -sum(y log p)."""
    return -np.sum(y * np.log(p.astype("float64")), axis=1)
