"""A tag for each word of a sentence; sentences are filled up with zeros."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the masked loss is averaged over all places, Keras averages it over the words alone"
LINE = "return tf.reduce_mean(errors * mask)"


def DATA():
    rng = np.random.default_rng(85)
    words = rng.integers(1, 30, (260, 9))
    lengths = rng.integers(2, 10, (260, 1))
    x = np.where(np.arange(9) < lengths, words, 0).astype("int32")
    y = (x % 4).astype("int32")
    return x[:200], y[:200], x[200:], y[200:]


def _tagger():
    return keras.Sequential(
        [
            keras.Input((9,), dtype="int32"),
            keras.layers.Embedding(30, 8, mask_zero=True),
            keras.layers.Dense(12, "tanh"),
            keras.layers.Dense(4),
        ]
    )


def reference():
    model = _tagger()
    model.compile(
        keras.optimizers.SGD(0.5),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class Tagger:
    def __init__(self):
        self.tagger = _tagger()
        self.sgd = keras.optimizers.SGD(0.5)
        self.variables = self.tagger.weights

    def mean(self, errors, mask):
        return tf.reduce_mean(errors * mask)

    @tf.function
    def train_step(self, words, tags):
        mask = tf.cast(tf.not_equal(words, 0), tf.float32)
        with tf.GradientTape() as tape:
            scores = self.tagger(words, training=True)
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tags, logits=scores)
            loss = self.mean(errors, mask)
        weights = self.tagger.trainable_variables
        self.sgd.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def predict(self, words):
        return self.tagger(words).numpy()


class TaggerOfWords(Tagger):
    def mean(self, errors, mask):
        return tf.reduce_sum(errors * mask) / tf.reduce_sum(mask)


def loop():
    return Tagger()


def fixed():
    return TaggerOfWords()
