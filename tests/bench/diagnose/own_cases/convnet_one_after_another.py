"""A ConvNet whose variables are stepped in a loop."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the gradient is taken anew for each variable, after those before it have moved already"
LINE = "w.assign_sub(0.2 * self.slopes(x, y, [w])[0])"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(65).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def _convnet():
    image = keras.Input((8, 8, 1))
    a = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    a = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(a)
    a = keras.layers.MaxPooling2D()(a)
    a = keras.layers.Conv2D(2, 3, padding="same", activation="relu")(a)
    a = keras.layers.MaxPooling2D()(a)
    a = keras.layers.Flatten()(a)
    a = keras.layers.Dense(12, "relu")(a)
    a = keras.layers.Dense(10, "relu")(a)
    return keras.Model(image, keras.layers.Dense(10, "softmax")(a))


def reference():
    model = _convnet()
    model.compile(keras.optimizers.SGD(0.2), "sparse_categorical_crossentropy")
    return model


class CoordinateWise:
    def __init__(self):
        self.model = _convnet()
        self.variables = self.model.weights

    def slopes(self, x, y, weights):
        with tf.GradientTape() as tape:
            each = keras.losses.sparse_categorical_crossentropy(y, self.model(x, training=True))
            loss = tf.reduce_mean(each)
        return tape.gradient(loss, weights)

    def update(self, x, y):
        for w in self.variables:
            w.assign_sub(0.2 * self.slopes(x, y, [w])[0])

    @tf.function
    def train_step(self, x, y):
        p = self.model(x, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, p))
        self.update(x, y)
        return loss

    def predict(self, x):
        return self.model(x).numpy()


class AllAtOnce(CoordinateWise):
    def update(self, x, y):
        slopes = self.slopes(x, y, self.variables)
        for w, slope in zip(self.variables, slopes, strict=True):
            w.assign_sub(0.2 * slope)


def loop():
    return CoordinateWise()


def fixed():
    return AllAtOnce()
