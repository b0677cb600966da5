"""A large table of embeddings; only the rows that a batch names are stepped."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the momentum of a row rests while its word is not in the batch; in Keras it moves it on"
LINE = "return tf.reduce_any(g != 0, axis=1, keepdims=True)"


def DATA():
    rng = np.random.default_rng(93)
    x = (120 * rng.random((300, 5)) ** 2).astype("int32")
    y = (x.sum(1, keepdims=True) > 200).astype("float32")
    return x[:224], y[:224], x[224:], y[224:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            keras.layers.Embedding(120, 4),
            keras.layers.Flatten(),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), loss="binary_crossentropy")
    return model


class Words:
    def __init__(self):
        self.table = tf.Variable(tf.random.normal((120, 4), stddev=0.1))
        self.w, self.b = tf.Variable(tf.random.normal((20, 1))), tf.Variable(tf.zeros(1))
        self.variables = [self.table, self.w, self.b]
        self.speed = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def logit(self, words):
        vectors = tf.gather(self.table, words)
        return tf.matmul(tf.reshape(vectors, (-1, 20)), self.w) + self.b

    def rows(self, g):
        return tf.reduce_any(g != 0, axis=1, keepdims=True)

    @tf.function
    def train_step(self, words, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=self.logit(words))
            loss = tf.reduce_mean(xent)
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, self.variables)]
        for v, s, g in zip(self.variables, self.speed, gradients, strict=True):
            stepped = 0.9 * s - 0.5 * g
            moved = self.rows(g) if v is self.table else True
            s.assign(tf.where(moved, stepped, s))
            v.assign_add(tf.where(moved, stepped, 0.0))
        return loss

    def predict(self, words):
        return tf.sigmoid(self.logit(words)).numpy()


class EveryRow(Words):
    def rows(self, g):
        return True


def loop():
    return Words()


def fixed():
    return EveryRow()
