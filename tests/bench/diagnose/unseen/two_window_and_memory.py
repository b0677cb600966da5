"""Tomorrow's load from a week of days: RMSprop by hand over the newest part of each window."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the window keeps its oldest seven days; the reference crops those and keeps the newest and the mean square remembers 0.99 of its past; the reference's rho is 0.9"
CAUSES = ("the window keeps its oldest seven days; the reference crops those and keeps the newest",
         "the mean square remembers 0.99 of its past; the reference's rho is 0.9")
LINE = 'recent = windows[:, :7]'
LINES = ("recent = windows[:, :7]", "square.assign(0.99 * square + 0.01 * tf.square(slope))")


def DATA():
    rng = np.random.default_rng(128)
    days = np.arange(520)
    load = np.sin(days * 2 * np.pi / 7) + 0.4 * np.sin(days / 40) + rng.normal(0, 0.1, 520)
    windows = np.lib.stride_tricks.sliding_window_view(load, 11)[:500].astype("float32")
    x, y = windows[:, :10, None], windows[:, 10:]
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    window = keras.Input((10, 1))
    h = keras.layers.Cropping1D((3, 0))(window)
    h = keras.layers.Conv1D(5, 3, activation="relu")(h)
    h = keras.layers.Dense(1)(keras.layers.Flatten()(h))
    model = keras.Model(window, h)
    model.compile("rmsprop", "mse")
    model.optimizer.learning_rate = 0.005
    return model


def start(seed):
    he = keras.initializers.HeNormal(seed)
    return [tf.Variable(he(s) if len(s) > 1 else tf.zeros(s)) for s in [(3, 1, 5), (5,), (25, 1), (1,)]]


class Forecast:
    rate = 0.005

    def __init__(self):
        self.variables = start(28)
        self.squares = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def newest(self, windows):
        recent = windows[:, :7]
        return recent

    def remember(self, square, slope):
        square.assign(0.99 * square + 0.01 * tf.square(slope))

    def ahead(self, windows):
        filters, bias, readout, offset = self.variables
        maps = tf.nn.relu(tf.nn.conv1d(self.newest(windows), filters, 1, "VALID") + bias)
        return tf.reshape(maps, [-1, 25]) @ readout + offset

    @tf.function
    def train_step(self, windows, tomorrow):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.ahead(windows) - tomorrow))
        for v, square, slope in zip(self.variables, self.squares, tape.gradient(loss, self.variables)):
            self.remember(square, slope)
            v.assign_sub(self.rate * slope * tf.math.rsqrt(square + 1e-7))
        return loss

    def predict(self, windows):
        return self.ahead(tf.constant(windows)).numpy()


class NewestForecast(Forecast):
    def newest(self, windows):
        return windows[:, -7:]

    def remember(self, square, slope):
        square.assign(0.9 * square + 0.1 * tf.square(slope))


def loop():
    return Forecast()


def fixed():
    return NewestForecast()
