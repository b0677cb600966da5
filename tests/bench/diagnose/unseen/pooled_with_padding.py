"""Short messages as token ids, zero for padding: a bag of embeddings."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the pooled vector is divided by the padded length; masked pooling in Keras divides by the count of real tokens"
LINE = "bag = tf.reduce_mean(vectors * real, axis=1)"

VOCABULARY, LENGTH = 30, 14


def DATA():
    rng = np.random.default_rng(103)
    tokens = rng.integers(1, VOCABULARY, size=(600, LENGTH))
    lengths = rng.integers(2, LENGTH + 1, size=(600, 1))
    tokens = np.where(np.arange(LENGTH) < lengths, tokens, 0).astype("int32")
    spam = ((tokens > 20).sum(1, keepdims=True) / lengths > 0.3).astype("float32")
    return tokens[:480], spam[:480], tokens[480:], spam[480:]


def reference():
    model = keras.Sequential([
        keras.Input((LENGTH,), dtype="int32"),
        keras.layers.Embedding(VOCABULARY, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(6, activation="tanh"),
        keras.layers.Dense(1),
    ])
    model.compile(keras.optimizers.SGD(0.5), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


class BagOfTokens:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        shapes = {"table": (VOCABULARY, 8), "w": (8, 6), "b": (6,), "v": (6, 1), "c": (1,)}
        self.p = {k: tf.Variable(rng.uniform(-0.3, 0.3, s), dtype=tf.float32, name=k) for k, s in shapes.items()}
        self.variables = list(self.p.values())

    def pool(self, vectors, real):
        bag = tf.reduce_mean(vectors * real, axis=1)
        return bag

    def score(self, tokens):
        real = tf.cast(tf.not_equal(tokens, 0), tf.float32)[:, :, tf.newaxis]
        bag = self.pool(tf.nn.embedding_lookup(self.p["table"], tokens), real)
        return tf.tanh(bag @ self.p["w"] + self.p["b"]) @ self.p["v"] + self.p["c"]

    @tf.function
    def train_step(self, tokens, spam):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(spam, self.score(tokens)))
        for var, slope in zip(self.variables, tape.gradient(loss, self.variables)):
            var.assign_sub(0.5 * tf.convert_to_tensor(slope))
        return loss

    def predict(self, tokens):
        return self.score(tf.constant(tokens)).numpy()


class BagOfRealTokens(BagOfTokens):
    def pool(self, vectors, real):
        return tf.reduce_sum(vectors * real, axis=1) / tf.reduce_sum(real, axis=1)


def loop():
    return BagOfTokens(seed=3)


def fixed():
    return BagOfRealTokens(seed=3)
