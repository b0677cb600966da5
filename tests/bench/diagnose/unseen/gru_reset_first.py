"""Phase of a noisy wave: a gated recurrent unit unrolled by hand."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the reset gate multiplies the state before the recurrent product; GRU (reset_after=True) gates the product"
LINE = "candidate = tf.tanh(x_h + (reset * h) @ self.u[:, 2 * UNITS:] + self.bias[1, 2 * UNITS:])"

UNITS, STEPS = 7, 15


def DATA():
    rng = np.random.RandomState(104)
    phase = rng.uniform(0, 2 * np.pi, (420, 1))
    waves = np.sin(phase + np.arange(STEPS) * 0.6) + rng.normal(0, 0.1, (420, STEPS))
    x, y = waves[:, :, None].astype("float32"), np.concatenate([np.sin(phase), np.cos(phase)], 1).astype("float32")
    return x[:352], y[:352], x[352:], y[352:]


def reference():
    model = keras.Sequential([keras.Input((STEPS, 1)), keras.layers.GRU(UNITS), keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.3), "mse")
    return model


class Unrolled:
    def __init__(self):
        init, self.out = keras.initializers.GlorotUniform(seed=9), keras.layers.Dense(2)
        self.out.build((None, UNITS))
        self.w = tf.Variable(init((1, 3 * UNITS)))
        self.u = tf.Variable(init((UNITS, 3 * UNITS)))
        self.bias = tf.Variable(tf.zeros((2, 3 * UNITS)))
        self.variables = [self.w, self.u, self.bias, *[v.value for v in self.out.trainable_variables]]

    def candidate(self, x_h, reset, h):
        candidate = tf.tanh(x_h + (reset * h) @ self.u[:, 2 * UNITS:] + self.bias[1, 2 * UNITS:])
        return candidate

    def cell(self, h, x):
        x_z, x_r, x_h = tf.split(x @ self.w + self.bias[0], 3, axis=1)
        h_z, h_r = tf.split(h @ self.u[:, :2 * UNITS] + self.bias[1, :2 * UNITS], 2, axis=1)
        keep, reset = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        return keep * h + (1 - keep) * self.candidate(x_h, reset, h)

    def forward(self, x):
        h = tf.zeros((tf.shape(x)[0], UNITS))
        for t in range(STEPS):
            h = self.cell(h, x[:, t])
        return self.out(h)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(self.forward(x), y))
        for p, g in zip(self.variables, tape.gradient(loss, self.variables)):
            p.assign_sub(0.3 * g)
        return loss

    def predict(self, x):
        return self.forward(tf.constant(x)).numpy()


class UnrolledResetAfter(Unrolled):
    def candidate(self, x_h, reset, h):
        return tf.tanh(x_h + reset * (h @ self.u[:, 2 * UNITS:] + self.bias[1, 2 * UNITS:]))


def loop():
    return Unrolled()


def fixed():
    return UnrolledResetAfter()
