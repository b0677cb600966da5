"""Embeddings of digits from triplets: anchor, same digit, other digit."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the hinge is taken of the batch's mean gap; the reference takes each triplet's hinge and then the mean"
LINE = "return tf.nn.relu(tf.reduce_mean(near - far) + MARGIN)"

MARGIN = 0.3


def DATA():
    x, y = load_digits(return_X_y=True)
    x, rng = x.astype("float32") / 16, np.random.RandomState(110)
    anchors = rng.randint(len(x), size=480)
    same = [rng.choice(np.flatnonzero(y == y[a])) for a in anchors]
    other = [rng.choice(np.flatnonzero(y != y[a])) for a in anchors]
    triplets, nothing = np.stack([x[anchors], x[same], x[other]], axis=1), np.zeros((480, 1), "float32")
    return triplets[:384], nothing[:384], triplets[384:], nothing[384:]


def embedder():
    return keras.Sequential([
        keras.Input((3, 64)),
        keras.layers.Dense(24, "relu"),
        keras.layers.Dense(6),
        keras.layers.UnitNormalization(),
    ])


def distances(points):
    anchor, same, other = tf.unstack(points, axis=1)
    return tf.reduce_sum((anchor - same) ** 2, -1), tf.reduce_sum((anchor - other) ** 2, -1)


def hinge(_, points):
    near, far = distances(points)
    return tf.nn.relu(near - far + MARGIN)


def reference():
    model = embedder()
    model.compile(keras.optimizers.Adam(0.003), loss=hinge)
    return model


def triplet_loss(points):
    near, far = distances(points)
    return tf.nn.relu(tf.reduce_mean(near - far) + MARGIN)


class Metric:
    loss = staticmethod(triplet_loss)

    def __init__(self):
        self.embed = embedder()
        self.adam = keras.optimizers.Adam(0.003)
        self.variables = self.embed.weights

    @tf.function
    def train_step(self, triplets, _):
        with tf.GradientTape() as tape:
            loss = self.loss(self.embed(triplets, training=True))
        grads = tape.gradient(loss, self.embed.trainable_variables)
        self.adam.apply(grads, self.embed.trainable_variables)
        return loss

    def predict(self, triplets):
        return self.embed(triplets).numpy()


class MetricEach(Metric):
    loss = staticmethod(lambda points: tf.reduce_mean(hinge(None, points)))


def loop():
    return Metric()


def fixed():
    return MetricEach()
