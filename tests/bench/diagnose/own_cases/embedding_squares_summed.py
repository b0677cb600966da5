"""Word vectors under an Adam written by hand."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = (
    "the gradient of the table is made dense before Adam squares it; Keras squares each occurrence "
    "of a word apart and then adds, so a word that comes twice in a batch gets another square"
)
LINE = "return tf.square(tf.convert_to_tensor(g))"


def DATA():
    rng = np.random.default_rng(98)
    x = rng.integers(0, 25, (300, 6)).astype("int32")
    y = (x.mean(1, keepdims=True) / 12 - 1).astype("float32")
    return x[:224], y[:224], x[224:], y[224:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            keras.layers.Embedding(25, 5),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


class Vectors:
    def __init__(self):
        self.table = tf.Variable(tf.random.normal((25, 5), stddev=0.1))
        self.w, self.b = tf.Variable(tf.random.normal((30, 1))), tf.Variable(tf.zeros(1))
        self.variables = [self.table, self.w, self.b]
        self.mean = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.square = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.steps = tf.Variable(0.0)

    def score(self, words):
        vectors = tf.nn.embedding_lookup(self.table, words)
        return tf.matmul(tf.reshape(vectors, [-1, 30]), self.w) + self.b

    def squared(self, g):
        return tf.square(tf.convert_to_tensor(g))

    @tf.function
    def train_step(self, words, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.score(words) - y))
        self.steps.assign_add(1.0)
        rate = 0.01 * tf.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        gradients = tape.gradient(loss, self.variables)
        for v, g, m, s in zip(self.variables, gradients, self.mean, self.square, strict=True):
            m.assign(0.9 * m + 0.1 * tf.convert_to_tensor(g))
            s.assign(0.999 * s + 0.001 * self.squared(g))
            v.assign_sub(rate * m / (tf.sqrt(s) + 1e-7))
        return loss

    def predict(self, words):
        return self.score(words).numpy()


class EachOccurrence(Vectors):
    def squared(self, g):
        if isinstance(g, tf.IndexedSlices):
            g = tf.IndexedSlices(tf.square(g.values), g.indices, g.dense_shape)
            return tf.convert_to_tensor(g)
        return tf.square(g)


def loop():
    return Vectors()


def fixed():
    return EachOccurrence()
