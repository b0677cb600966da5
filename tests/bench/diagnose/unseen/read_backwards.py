"""An LSTM that reads from the last step to the first, cell by cell."""
import keras
import numpy as np
import tensorflow as tf

KIND = "none"
CAUSE = "none: the series is turned round for go_backwards, and the gates are in Keras's order"
LINE = None

CELLS = 6


def DATA():
    rng = np.random.default_rng(133)
    x = rng.normal(size=(380, 8, 3)).cumsum(axis=1).astype("float32") / 3
    y = (x[:, 0, :1] * x[:, 3, 1:2]).astype("float32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential([keras.Input((8, 3)), keras.layers.LSTM(CELLS, go_backwards=True), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss=keras.losses.LogCosh())
    return model


def cell(x, h, c, weights):
    kernel, recurrent, bias = weights
    let, keep, new, show = tf.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
    c = tf.sigmoid(keep) * c + tf.sigmoid(let) * tf.tanh(new)
    return tf.sigmoid(show) * tf.tanh(c), c


class Backwards:
    def __init__(self):
        rng = np.random.RandomState(33)
        shapes = (3, 4 * CELLS), (CELLS, 4 * CELLS), (4 * CELLS,), (CELLS, 1), (1,)
        self.variables = [tf.Variable(rng.uniform(-0.4, 0.4, s).astype("float32")) for s in shapes]
        self.steps = [tf.Variable(tf.zeros(s)) for s in shapes]

    def forward(self, x):
        h = c = tf.zeros((tf.shape(x)[0], CELLS))
        for x_t in tf.unstack(tf.reverse(x, axis=[1]), axis=1):
            h, c = cell(x_t, h, c, self.variables[:3])
        return h @ self.variables[3] + self.variables[4]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            gap = self.forward(x) - y
            loss = tf.reduce_mean(gap + tf.math.softplus(-2.0 * gap) - tf.math.log(2.0))
        for v, step, g in zip(self.variables, self.steps, tape.gradient(loss, self.variables)):
            step.assign(0.9 * step + g)
            v.assign_sub(0.1 * step)
        return loss

    def predict(self, x):
        return self.forward(tf.constant(x)).numpy()


def loop():
    return Backwards()


def fixed():
    return Backwards()
