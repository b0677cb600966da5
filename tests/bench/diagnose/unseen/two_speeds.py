"""Fine-tuning at two speeds: the trunk by slow SGD, the head by Adam."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the cut between trunk and head falls one variable early, so the trunk's last bias learns by Adam and the head's Adam keeps the default beta_1 of 0.9; the reference sets 0.6"
CAUSES = ("the cut between trunk and head falls one variable early, so the trunk's last bias learns by Adam",
         "the head's Adam keeps the default beta_1 of 0.9; the reference sets 0.6")
LINE = 'cut = 2 * len(self.trunk.layers) - 1'
LINES = ("cut = 2 * len(self.trunk.layers) - 1", "self.fast = keras.optimizers.Adam(0.004)")


def DATA():
    x, y = load_digits(n_class=4, return_X_y=True)
    rows = np.random.RandomState(127).permutation(len(x))[:680]
    x, y = (x[rows] / 8 - 1).astype("float32"), y[rows].astype("int64")
    return x[:560], y[:560], x[560:], y[560:]


def parts():
    trunk = keras.Sequential([keras.Input((64,)), keras.layers.Dense(20, "tanh"), keras.layers.Dense(12, "tanh")])
    head = keras.Sequential([keras.Input((12,)), keras.layers.Dense(4)])
    return trunk, head


nll = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class TwoSpeeds(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk, self.head = parts()
        self.slow = keras.optimizers.SGD(0.02)

    def call(self, x, training=None):
        return self.head(self.trunk(x, training=training), training=training)

    def train_step(self, data):
        x, y = data
        trunk, head = self.trunk.trainable_variables, self.head.trainable_variables
        with tf.GradientTape() as tape:
            loss = nll(y, self(x, training=True))
        of_trunk, of_head = tape.gradient(loss, [trunk, head])
        self.slow.apply(of_trunk, trunk)
        self.optimizer.apply(of_head, head)
        return {"loss": loss}


def reference():
    model = TwoSpeeds()
    model(np.zeros((1, 64), "float32"))
    model.compile(optimizer=keras.optimizers.Adam(0.004, beta_1=0.6), loss=nll)
    return model


class Tuning:
    def __init__(self):
        self.trunk, self.head = parts()
        self.variables = self.trunk.weights + self.head.weights
        self.slow = keras.optimizers.SGD(0.02)
        self.prepare()

    def prepare(self):
        self.fast = keras.optimizers.Adam(0.004)

    def cut(self):
        cut = 2 * len(self.trunk.layers) - 1
        return cut

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = nll(y, self.head(self.trunk(x)))
        pairs, cut = list(zip(tape.gradient(loss, self.variables), self.variables)), self.cut()
        self.slow.apply_gradients(pairs[:cut])
        self.fast.apply_gradients(pairs[cut:])
        return loss

    def predict(self, x):
        return self.head(self.trunk(x)).numpy()


class OrderlyTuning(Tuning):
    def prepare(self):
        self.fast = keras.optimizers.Adam(0.004, beta_1=0.6)

    def cut(self):
        return len(self.trunk.trainable_variables)


def loop():
    return Tuning()


def fixed():
    return OrderlyTuning()
