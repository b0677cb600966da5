"""Self-attention over short sensor windows, two heads, mean pooling, one class out of three."""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

KIND = "result"
CAUSE = "the heads are split by a reshape alone, without a transpose, so each head mixes time steps and features"
LINE = "return tf.reshape(t, (-1, HEADS, STEPS, DEPTH))"

STEPS, CHANNELS = 6, 5
HEADS, DEPTH = 2, 4
WIDTH = HEADS * DEPTH


def DATA():
    rng = np.random.RandomState(8)
    y = rng.randint(0, 3, 260)
    wave = np.sin(np.arange(STEPS)[None, :] * (0.6 + 0.5 * y[:, None]))
    x = wave[:, :, None] * rng.uniform(0.5, 1.5, (260, 1, CHANNELS)) + 0.3 * rng.randn(260, STEPS, CHANNELS)
    x = x.astype("float32")
    return x[:200], y[:200], x[200:], y[200:]


class Attention(keras.layers.Layer):
    """softmax(q k' / sqrt(d)) v for each head"""

    def call(self, q, k, v):
        q, k, v = (ops.transpose(ops.reshape(t, (-1, STEPS, HEADS, DEPTH)), (0, 2, 1, 3)) for t in (q, k, v))
        scores = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / DEPTH ** 0.5)
        mixed = ops.transpose(ops.matmul(scores, v), (0, 2, 1, 3))
        return ops.reshape(mixed, (-1, STEPS, WIDTH))


def reference():
    x = keras.Input((STEPS, CHANNELS))
    q, k, v = (keras.layers.Dense(WIDTH, use_bias=False, name=n)(x) for n in "qkv")
    mixed = Attention()(q, k, v)
    mixed = keras.layers.Dense(WIDTH, activation="relu", name="o")(mixed)
    probs = keras.layers.Dense(3, activation="softmax", name="top")(keras.layers.GlobalAveragePooling1D()(mixed))
    model = keras.Model(x, probs)
    model.compile(keras.optimizers.SGD(0.3), "sparse_categorical_crossentropy")
    return model


class Transformer(tf.Module):
    def __init__(self):
        super().__init__("transformer")
        shapes = [(CHANNELS, WIDTH)] * 3 + [(WIDTH, WIDTH), (WIDTH, 3)]
        draw = lambda n, s: tf.random.stateless_normal(s, (n, 0), stddev=s[0] ** -0.5)
        self.kernels = [tf.Variable(draw(n, s)) for n, s in enumerate(shapes)]
        self.bo, self.btop = tf.Variable(tf.zeros(WIDTH)), tf.Variable(tf.zeros(3))
        self.all = [*self.kernels[:4], self.bo, self.kernels[4], self.btop]

    def split(self, t):
        return tf.reshape(t, (-1, HEADS, STEPS, DEPTH))

    def linear(self, t, n):
        return tf.einsum("...i,ij->...j", t, self.kernels[n])

    def __call__(self, x):
        q, k, v = [self.split(self.linear(x, n)) for n in range(3)]
        attention = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / np.sqrt(DEPTH).astype("float32"))
        context = tf.transpose(tf.matmul(attention, v), perm=[0, 2, 1, 3])
        context = tf.reshape(context, (-1, STEPS, WIDTH))
        pooled = tf.reduce_mean(tf.nn.relu(self.linear(context, 3) + self.bo), axis=1)
        return self.linear(pooled, 4) + self.btop


class TransposedHeads(Transformer):
    def split(self, t):
        return tf.transpose(tf.reshape(t, (-1, STEPS, HEADS, DEPTH)), perm=[0, 2, 1, 3])


class Training:
    def __init__(self, model):
        self.model = model
        self.variables = model.all

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.model(x)))
        gradients = tape.gradient(loss, self.variables)
        [v.assign_sub(0.3 * g) for v, g in zip(self.variables, gradients)]
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.model(x)).numpy()


def loop():
    return Training(Transformer())


def fixed():
    return Training(TransposedHeads())
