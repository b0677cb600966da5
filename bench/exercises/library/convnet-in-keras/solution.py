"""The ConvNet in Keras, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

import keras
from keras import layers

EXERCISE = "convnet-in-keras"
LEARNING_RATE = 0.05


def build_model():
    """Return the model, not compiled."""
    x = keras.Input((28, 28, 1))
    a = x
    # GAP 1 forward
    a = layers.Conv2D(32, 3, padding="same", activation="relu")(a)
    a = layers.Conv2D(32, 3, padding="same", activation="relu")(a)
    a = layers.MaxPooling2D(2)(a)
    # OPEN
    # pass
    # END
    # GAP 2 forward
    a = layers.Conv2D(16, 3, padding="same", activation="relu")(a)
    a = layers.MaxPooling2D(2)(a)
    a = layers.Flatten()(a)
    # OPEN
    # a = layers.Flatten()(a)
    # END
    # GAP 3 forward
    a = layers.Dense(32, activation="relu")(a)
    a = layers.Dense(16, activation="relu")(a)
    y = layers.Dense(10, activation="softmax")(a)
    # OPEN
    # y = a[:, :10]
    # END
    return keras.Model(x, y)


def loop():
    """Return the compiled model; ``gvk grade`` asks for it."""
    model = build_model()
    model.compile(keras.optimizers.SGD(LEARNING_RATE), "categorical_crossentropy")
    return model


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
