"""A plain recurrent network that keeps its state in a variable."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the state at the end of a batch is where the next one begins; Keras begins at zero"
LINE = "return self.state"


def DATA():
    rng = np.random.default_rng(89)
    x = rng.normal(size=(300, 7, 3)).astype("float32")
    y = np.cumsum(x[:, :, 0], axis=1)[:, -1:].astype("float32") / 3
    return x[:224], y[:224], x[224:], y[224:]


def reference():
    model = keras.Sequential(
        [keras.Input((7, 3)), keras.layers.SimpleRNN(9), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model


class Recurrent:
    def __init__(self):
        draw = keras.initializers.Orthogonal(seed=3)
        self.w_x, self.w_h = tf.Variable(draw((3, 9))), tf.Variable(draw((9, 9)))
        self.b_h = tf.Variable(tf.zeros(9))
        self.w_y, self.b_y = tf.Variable(draw((9, 1))), tf.Variable(tf.zeros(1))
        self.variables = [self.w_x, self.w_h, self.b_h, self.w_y, self.b_y]
        self.state = tf.Variable(tf.zeros((32, 9)), trainable=False)

    def start(self):
        return self.state

    def run(self, x, h):
        for t in range(x.shape[1]):
            h = tf.tanh(tf.matmul(x[:, t], self.w_x) + tf.matmul(h, self.w_h) + self.b_h)
        return h

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            h = self.run(x, tf.identity(self.start()))
            loss = tf.reduce_mean(tf.square(tf.matmul(h, self.w_y) + self.b_y - y))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.05 * g)
        self.state.assign(h)
        return loss

    def predict(self, x):
        h = self.run(x, tf.zeros((len(x), 9)))
        return (tf.matmul(h, self.w_y) + self.b_y).numpy()


class FromZero(Recurrent):
    def start(self):
        return tf.zeros_like(self.state)


def loop():
    return Recurrent()


def fixed():
    return FromZero()
