"""A bag of words: the mean of the embeddings, then one layer."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = (
    "the padding (token 0) counts in the mean of the embeddings; mask_zero leaves it out in Keras"
)
LINE = "return tf.reduce_mean(vectors, axis=1)"


def DATA():
    rng = np.random.default_rng(86)
    tokens = rng.integers(1, 40, (300, 12))
    lengths = rng.integers(2, 13, (300, 1))
    x = np.where(np.arange(12) < lengths, tokens, 0).astype("int32")
    y = ((tokens < 15).mean(1) > 0.35).astype("float32")[:, None]
    return x[:220], y[:220], x[220:], y[220:]


def reference():
    words = keras.Input((12,), dtype="int32")
    a = keras.layers.Embedding(40, 6, mask_zero=True)(words)
    a = keras.layers.GlobalAveragePooling1D()(a)
    model = keras.Model(words, keras.layers.Dense(1, "sigmoid")(a))
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    return model


class BagOfWords(tf.Module):
    def __init__(self):
        super().__init__()
        self.table = tf.Variable(tf.random.uniform((40, 6), -0.05, 0.05))
        self.w, self.b = tf.Variable(tf.random.normal((6, 1))), tf.Variable(tf.zeros(1))
        self.adam = keras.optimizers.Adam(0.02)

    @property
    def variables(self):
        return [self.table, self.w, self.b]

    def pool(self, tokens, vectors):
        return tf.reduce_mean(vectors, axis=1)

    def score(self, tokens):
        vectors = tf.nn.embedding_lookup(self.table, tokens)
        return tf.matmul(self.pool(tokens, vectors), self.w) + self.b

    @tf.function
    def train_step(self, tokens, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=self.score(tokens))
            loss = tf.reduce_mean(xent)
        self.adam.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, tokens):
        return tf.sigmoid(self.score(tokens)).numpy()


class WordsAlone(BagOfWords):
    def pool(self, tokens, vectors):
        real = tf.cast(tokens > 0, tf.float32)[:, :, None]
        return tf.reduce_sum(real * vectors, axis=1) / tf.reduce_sum(real, axis=1)


def loop():
    return BagOfWords()


def fixed():
    return WordsAlone()
