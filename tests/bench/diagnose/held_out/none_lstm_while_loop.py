"""LSTM as a tf.while_loop over time-major data, one kernel for each gate."""
import keras
import numpy as np
import tensorflow as tf

KIND = "none"
CAUSE = "none: the same cell in a while loop, gates one by one, inputs projected ahead of the loop"
LINE = None

STEPS, FEATURES, UNITS = 5, 4, 6


def DATA():
    rng = np.random.default_rng(77)
    x = rng.standard_normal((240, STEPS, FEATURES)).astype("float32")
    y = np.tanh(np.cumsum(x[..., 0], 1)[:, -1:] - x[:, 1, 2:3]).astype("float32")
    return x[:180], y[:180], x[180:], y[180:]


def reference():
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), keras.layers.LSTM(UNITS), keras.layers.Dense(1)])
    model.compile(keras.optimizers.RMSprop(0.01), "mae")
    return model


class WhileLSTM:
    def __init__(self):
        draw = lambda *shape: tf.random.stateless_uniform(shape, (sum(shape), 8), -0.4, 0.4)
        self.kernel, self.inner = tf.Variable(draw(FEATURES, 4 * UNITS)), tf.Variable(draw(UNITS, 4 * UNITS))
        self.bias = tf.Variable(tf.repeat([0.0, 1.0, 0.0, 0.0], UNITS))
        self.w, self.b = tf.Variable(draw(UNITS, 1)), tf.Variable([0.0])
        self.variables = [self.kernel, self.inner, self.bias, self.w, self.b]
        self.optimizer = keras.optimizers.RMSprop(0.01)

    def states(self, x):
        ahead = tf.einsum("btf,fg->tbg", x, self.kernel) + self.bias
        ui, uf, uc, uo = (self.inner[:, n * UNITS:(n + 1) * UNITS] for n in range(4))

        def body(t, h, c):
            ai, af, ac, ao = tf.unstack(tf.reshape(ahead[t], (-1, 4, UNITS)), axis=1)
            kept = tf.sigmoid(af + h @ uf) * c
            c = kept + tf.sigmoid(ai + h @ ui) * tf.tanh(ac + h @ uc)
            return t + 1, tf.sigmoid(ao + h @ uo) * tf.tanh(c), c

        zero = tf.zeros((tf.shape(x)[0], UNITS))
        return tf.while_loop(lambda t, h, c: t < STEPS, body, (0, zero, zero))[1]

    def __call__(self, x):
        return tf.linalg.matvec(self.states(x), self.w[:, 0])[:, None] + self.b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            error = self(x) - y
            loss = tf.norm(error, ord=1) / tf.cast(tf.size(error), tf.float32)
        self.optimizer.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self(tf.constant(x)).numpy()


def loop():
    return WhileLSTM()


def fixed():
    return WhileLSTM()
