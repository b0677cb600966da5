"""A training loop in one function."""
import keras
import numpy as np
import tensorflow as tf

KIND = "speed"
CAUSE = "the loop takes its steps operation by operation; nothing compiles them"
LINE = None


def DATA():
    rng = np.random.RandomState(11)
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

    def predict(self, x):
        return self.net(x).numpy()


class Slow(Base):
    def fit(self, x, y, epochs, batch_size):
        self.history = []
        for _ in range(epochs):
            for i in range(0, len(x), batch_size):
                a, b = x[i:i + batch_size], y[i:i + batch_size]
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.square(self.net(a, training=True) - b))
                grads = tape.gradient(loss, self.net.trainable_variables)
                self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
                self.history.append(float(loss))


class Fixed(Base):
    def fit(self, x, y, epochs, batch_size):
        self.history = []
        for _ in range(epochs):
            for i in range(0, len(x), batch_size):
                self.history.append(float(self._step(x[i:i + batch_size], y[i:i + batch_size])))


def loop():
    return Slow()


def fixed():
    return Fixed()
