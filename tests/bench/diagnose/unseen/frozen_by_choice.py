"""A borrowed table of word vectors that stays as it is, under one optimizer for two heads."""
import keras
import numpy as np
import tensorflow as tf

KIND = "none"
CAUSE = "none: the table is never updated (it is frozen in the reference), and averaging by a product is the same mean"
LINE = None

WORDS, LENGTH = 25, 6


def DATA():
    rng = np.random.RandomState(136)
    words = rng.randint(WORDS, size=(512, LENGTH)).astype("int32")
    y = np.stack([(words < 8).mean(1), (words % 2).mean(1)], axis=1).astype("float32")
    return words[:416], y[:416], words[416:], y[416:]


def reference():
    words = keras.Input((LENGTH,), dtype="int32")
    table = keras.layers.Embedding(WORDS, 10, trainable=False, embeddings_initializer="random_normal")
    mean = keras.layers.GlobalAveragePooling1D()(table(words))
    heads = [keras.layers.Dense(1, activation="sigmoid")(mean) for _ in range(2)]
    model = keras.Model(words, keras.layers.Concatenate()(heads))
    model.compile(keras.optimizers.RMSprop(0.02), loss="mse")
    return model


class WordHeads(tf.Module):
    def __init__(self):
        super().__init__()
        normal = np.random.RandomState(36).normal
        self.table = tf.Variable(normal(0, 0.05, (WORDS, 10)).astype("float32"))
        self.heads = [(tf.Variable(normal(0, 0.3, (10, 1)).astype("float32")), tf.Variable([0.0])) for _ in range(2)]
        self.learned = [v for head in self.heads for v in head]
        self.squares = {v.ref(): tf.Variable(tf.zeros_like(v)) for v in self.learned}

    @property
    def variables(self):
        return [self.table, *self.learned]

    def answers(self, words):
        counts = tf.reduce_sum(tf.one_hot(words, WORDS), axis=1)
        mean = counts @ self.table / LENGTH
        return tf.concat([tf.sigmoid(mean @ w + b) for w, b in self.heads], axis=1)

    @tf.function
    def train_step(self, words, y):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.learned)
            first, second = tf.unstack((self.answers(words) - y) ** 2, axis=1)
            loss = (tf.reduce_mean(first) + tf.reduce_mean(second)) / 2
        for v, g in zip(self.learned, tape.gradient(loss, self.learned)):
            square = self.squares[v.ref()]
            square.assign(square + 0.1 * (g * g - square))
            v.assign_sub(0.02 * g / tf.sqrt(square + 1e-7))
        return loss

    def predict(self, words):
        return self.answers(tf.constant(words)).numpy()


def loop():
    return WordHeads()


def fixed():
    return WordHeads()
