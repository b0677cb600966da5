"""The MLP in Keras, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

import keras
from keras import layers

EXERCISE = "mlp-in-keras"
LEARNING_RATE = 0.05
HIDDEN_LAYERS = (64, 32, 16)


def build_model():
    """Return the model, not compiled."""
    x = keras.Input((784,))
    a = x
    # GAP 1 forward
    for units in HIDDEN_LAYERS:
        a = layers.Dense(units, activation="sigmoid")(a)
    # OPEN
    # pass
    # END
    # GAP 2 forward
    y = layers.Dense(10, activation="softmax")(a)
    # OPEN
    # y = a[:, :10]
    # END
    return keras.Model(x, y)


def loop():
    """Return the compiled model; ``gvk grade`` asks for it."""
    model = build_model()
    # GAP 3 loss
    loss = "categorical_crossentropy"
    # OPEN
    # loss = "mean_squared_error"
    # END
    # GAP 4 update
    optimizer = keras.optimizers.SGD(LEARNING_RATE)
    # OPEN
    # optimizer = keras.optimizers.SGD(0.0)
    # END
    model.compile(optimizer, loss)
    return model


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
