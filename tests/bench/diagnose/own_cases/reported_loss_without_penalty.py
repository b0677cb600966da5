"""A penalised regression: equal weights, another loss in the report."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the loss of evaluate leaves out the weight penalty, Keras reports it with it"
LINE = 'return {"loss": float(self.error(x, y))}'


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def _net():
    l2 = keras.regularizers.L2(0.03)
    return keras.Sequential(
        [
            keras.Input((10,)),
            keras.layers.Dense(8, "tanh", kernel_regularizer=l2),
            keras.layers.Dense(1, kernel_regularizer=l2),
        ]
    )


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model


class Ridge:
    def __init__(self):
        self.net = _net()
        self.sgd = keras.optimizers.SGD(0.05)
        self.variables = self.net.weights

    def error(self, x, y):
        return tf.reduce_mean(tf.square(self.net(x) - y))

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            total = self.error(x, y) + tf.add_n(self.net.losses)
        self.sgd.apply(tape.gradient(total, self.variables), self.variables)
        return total

    def predict(self, x):
        return self.net(x).numpy()

    def evaluate(self, x, y):
        return {"loss": float(self.error(x, y))}


class WholeReport(Ridge):
    def evaluate(self, x, y):
        return {"loss": float(self.error(x, y) + tf.add_n(self.net.losses))}


def loop():
    return Ridge()


def fixed():
    return WholeReport()
