"""Which query token is answered? Additive pieces of a small attention model, all by hand."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = ("the penalty of -1e9 falls on the real tokens instead of the padding",
         "the embeddings are not scaled by the root of their width; the reference multiplies them by it",
         "the weight decay is not multiplied by the learning rate, so it is a hundred times AdamW's")
LINE = ("return scores - 1e9 * real[:, None, :]",
        "e = tf.nn.embedding_lookup(self.table, tokens)",
        "w.assign_sub(DECAY * w)")

RATE, DECAY, WIDTH, WORDS, LENGTH = 0.01, 0.04, 9, 16, 8


def DATA():
    rng = np.random.RandomState(130)
    tokens = rng.randint(1, WORDS, (480, LENGTH))
    tokens[np.arange(LENGTH) >= rng.randint(3, LENGTH + 1, (480, 1))] = 0
    label = (tokens.max(1) >= 14).astype("int32")
    tokens = tokens.astype("int32")
    return tokens[:384], label[:384], tokens[384:], label[384:]


def reference():
    tokens = keras.Input((LENGTH,), dtype="int32")
    e = keras.layers.Embedding(WORDS, WIDTH)(tokens)
    e = keras.layers.Rescaling(WIDTH**0.5)(e)
    real = keras.ops.not_equal(tokens, 0)
    mixed = keras.layers.Attention(score_mode="dot")([e, e], mask=[None, real])
    h = keras.layers.Dense(8, activation="relu")(keras.layers.GlobalMaxPooling1D()(mixed))
    model = keras.Model(tokens, keras.layers.Dense(2)(h))
    model.compile(keras.optimizers.AdamW(RATE, weight_decay=DECAY),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class SmallAttention(tf.Module):
    def __init__(self, name=None):
        super().__init__(name)
        draw = np.random.default_rng(30).normal
        self.table = tf.Variable(draw(0, 0.05, (WORDS, WIDTH)).astype("float32"))
        self.w1, self.b1 = tf.Variable(draw(0, 0.3, (WIDTH, 8)).astype("float32")), tf.Variable(tf.zeros(8))
        self.w2, self.b2 = tf.Variable(draw(0, 0.3, (8, 2)).astype("float32")), tf.Variable(tf.zeros(2))
        self.order = [self.table, self.w1, self.b1, self.w2, self.b2]
        self.first = [tf.Variable(tf.zeros_like(w)) for w in self.order]
        self.second = [tf.Variable(tf.zeros_like(w)) for w in self.order]
        self.t = tf.Variable(0.0)

    @property
    def variables(self):
        return self.order

    def embed(self, tokens):
        e = tf.nn.embedding_lookup(self.table, tokens)
        return e

    def hide(self, scores, real):
        return scores - 1e9 * real[:, None, :]

    def shrink(self, w):
        w.assign_sub(DECAY * w)

    def follow(self, slopes):
        self.t.assign_add(1.0)
        rate = RATE * tf.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        for w, m, s, g in zip(self.order, self.first, self.second, slopes):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * tf.square(g))
            w.assign_sub(rate * m / (tf.sqrt(s) + 1e-7))

    def __call__(self, tokens):
        e, real = self.embed(tokens), tf.cast(tokens != 0, tf.float32)
        share = tf.nn.softmax(self.hide(tf.einsum("bqd,bkd->bqk", e, e), real), axis=-1)
        pooled = tf.reduce_max(tf.einsum("bqk,bkd->bqd", share, e), axis=1)
        return tf.nn.relu(pooled @ self.w1 + self.b1) @ self.w2 + self.b2

    @tf.function
    def train_step(self, tokens, label):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(label, self(tokens)))
        slopes = [tf.convert_to_tensor(g) for g in tape.gradient(loss, self.order)]
        for w in self.order:
            self.shrink(w)
        self.follow(slopes)
        return loss

    def predict(self, tokens):
        return self(tf.constant(tokens)).numpy()


class MaskedAttention(SmallAttention):
    def embed(self, tokens):
        return super().embed(tokens) * WIDTH**0.5

    def hide(self, scores, real):
        return scores - 1e9 * (1 - real)[:, None, :]

    def shrink(self, w):
        w.assign_sub(RATE * DECAY * w)


def loop():
    return SmallAttention()


def fixed():
    return MaskedAttention()
