"""Concrete-like strengths, fed by a tf.data pipeline."""
import keras
import tensorflow as tf
from sklearn.datasets import make_friedman2
from sklearn.preprocessing import minmax_scale

KIND = "result"
CAUSE = "repeat comes before batch, so batches run across the end of an epoch; fit ends each epoch with a short batch"
LINE = "return rows.repeat(epochs).batch(size)"
FIT = {"batch_size": 48, "epochs": 3}


def DATA():
    x, y = make_friedman2(300, noise=0.1, random_state=118)
    x, y = minmax_scale(x).astype("float32"), minmax_scale(y).astype("float32")
    return x[:220], y[:220, None], x[220:], y[220:, None]


def network():
    return keras.Sequential([keras.layers.InputLayer((4,)), keras.layers.Dense(10, "tanh"), keras.layers.Dense(1)])


def reference():
    model = network()
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.Huber(0.2))
    return model


class Pipeline:
    def __init__(self):
        self.network, self.huber = network(), keras.losses.Huber(0.2)
        self.adam = keras.optimizers.Adam(0.01)
        self.variables = self.network.weights

    def batches(self, rows, epochs, size):
        return rows.repeat(epochs).batch(size)

    @tf.function(reduce_retracing=True)
    def train_step(self, x, y):
        params = self.network.trainable_variables
        with tf.GradientTape() as tape:
            loss = self.huber(y, self.network(x, training=True))
        self.adam.apply(tape.gradient(loss, params), params)
        return loss

    def fit(self, x, y, epochs, batch_size):
        rows = tf.data.Dataset.from_tensor_slices((x, y))
        for batch in self.batches(rows, epochs, batch_size):
            self.train_step(*batch)

    def predict(self, x):
        return self.network(x, training=False).numpy()


class EpochPipeline(Pipeline):
    def batches(self, rows, epochs, size):
        return rows.batch(size).repeat(epochs)


def loop():
    return Pipeline()


def fixed():
    return EpochPipeline()
