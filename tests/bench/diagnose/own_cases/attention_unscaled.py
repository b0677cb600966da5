"""Attention between the rows of a digit, written out."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the scores of the attention are not divided by the root of the key's size"
LINE = 'return tf.einsum("bqhd,bkhd->bhqk", query, key)'


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(95).permutation(len(x))[:400]
    x = (x[order] / 4).astype("float32").reshape(-1, 8, 8)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    rows = keras.Input((8, 8))
    a = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4, use_bias=False)(rows, rows)
    a = keras.layers.GlobalAveragePooling1D()(a)
    model = keras.Model(rows, keras.layers.Dense(10)(a))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss=loss)
    return model


class Attention:
    def __init__(self):
        draw = tf.random_normal_initializer(stddev=0.3, seed=5)
        self.variables = [tf.Variable(draw((8, 2, 4))) for _ in ("query", "key", "value")]
        self.variables.append(tf.Variable(draw((2, 4, 8))))
        self.variables += [tf.Variable(draw((8, 10))), tf.Variable(tf.zeros(10))]

    def likeness(self, query, key):
        return tf.einsum("bqhd,bkhd->bhqk", query, key)

    def scores(self, rows):
        q, k, v, out, w, b = self.variables
        query, key, value = (tf.einsum("bti,ihd->bthd", rows, m) for m in (q, k, v))
        attention = tf.nn.softmax(self.likeness(query, key), axis=-1)
        heads = tf.einsum("bhqk,bkhd->bqhd", attention, value)
        mixed = tf.einsum("bqhd,hdo->bqo", heads, out)
        return tf.reduce_mean(mixed, axis=1) @ w + b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.scores(x))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.1 * g)
        return loss

    def predict(self, x):
        return self.scores(tf.constant(x)).numpy()


class ScaledAttention(Attention):
    def likeness(self, query, key):
        return tf.einsum("bqhd,bkhd->bhqk", query, key) / 4**0.5


def loop():
    return Attention()


def fixed():
    return ScaledAttention()
