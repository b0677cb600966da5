"""The mean of the weights over the training (EMA), kept by hand."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the moving average of the weights begins with the first weights, Keras's after one step"
LINE = "return [w.numpy() for w in self.variables]"
FIT = {"batch_size": 44, "epochs": 2}


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def _net():
    return keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
    )


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.95), loss="mse")
    return model


class Averaged:
    def __init__(self):
        self.net = _net()
        self.variables = self.net.trainable_variables

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        for w, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            w.assign_sub(0.1 * g)
        return loss

    def first_average(self):
        return [w.numpy() for w in self.variables]

    def moved(self, average):
        now = [w.numpy() for w in self.variables]
        return [0.95 * a + 0.05 * w for a, w in zip(average, now, strict=True)]

    def fit(self, x, y, epochs, batch_size):
        average = self.first_average()
        for _ in range(epochs):
            for i in range(0, len(x), batch_size):
                self.train_step(x[i : i + batch_size], y[i : i + batch_size])
                average = self.moved(average)
        for w, a in zip(self.variables, average, strict=True):
            w.assign(a)

    def predict(self, x):
        return self.net(x).numpy()


class AveragedAfterOneStep(Averaged):
    def first_average(self):
        return None

    def moved(self, average):
        return super().moved(average or [w.numpy() for w in self.variables])


def loop():
    return Averaged()


def fixed():
    return AveragedAfterOneStep()
