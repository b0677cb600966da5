"""Rows turned into tensors number by number."""
import keras
import numpy as np
import tensorflow as tf

KIND = "speed"
CAUSE = "each number of a batch becomes a tensor by itself before they are stacked"
LINE = 'x = tf.stack([tf.stack([tf.constant(value) for value in row]) for row in x])'


def DATA():
    rng = np.random.RandomState(7)
    x = rng.normal(size=(704, 12)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] + 0.1 * rng.normal(size=(704, 1))).astype("float32")
    return x[:640], y[:640], x[640:], y[640:]


def _net():
    return keras.Sequential([keras.Input((12,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model


class Base:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.05)
        self.opt.build(self.net.trainable_variables)
        self.variables = self.net.weights

    @tf.function
    def _step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def train_step(self, x, y):
        return self._step(x, y)

    def predict(self, x):
        return self.net(x).numpy()


class Slow(Base):
    def train_step(self, x, y):
        x = tf.stack([tf.stack([tf.constant(value) for value in row]) for row in x])
        return self._step(x, y)


class Fixed(Base):
    pass


def loop():
    return Slow()


def fixed():
    return Fixed()
