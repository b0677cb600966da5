"""A fixed first layer, as after pretraining, and a new one on top."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the first layer is frozen in the reference (trainable=False), the loop trains it too"
LINE = "return self.variables"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(96).permutation(len(x))[:450]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:300], y[:300], x[300:], y[300:]


def reference():
    features = keras.layers.Dense(20, "relu", trainable=False)
    model = keras.Sequential([keras.Input((64,)), features, keras.layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model


class Transfer:
    def __init__(self):
        he = keras.initializers.HeNormal(seed=11)
        self.features = [tf.Variable(he((64, 20))), tf.Variable(tf.zeros(20))]
        self.top = [tf.Variable(he((20, 10))), tf.Variable(tf.zeros(10))]
        self.variables = self.features + self.top
        self.adam = keras.optimizers.Adam(0.01)

    def learned(self):
        return self.variables

    def scores(self, x):
        hidden = tf.nn.relu(tf.matmul(x, self.features[0]) + self.features[1])
        return tf.matmul(hidden, self.top[0]) + self.top[1]

    @tf.function
    def train_step(self, x, y):
        learned = self.learned()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.scores(x))
            )
        self.adam.apply(tape.gradient(loss, learned), learned)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.scores(x)).numpy()


class TopAlone(Transfer):
    def learned(self):
        return self.top


def loop():
    return Transfer()


def fixed():
    return TopAlone()
