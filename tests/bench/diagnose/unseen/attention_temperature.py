"""Which of the marked items is largest? Self-attention in a layer of our own."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

KIND = "result"
CAUSE = "the scores are divided by the root of the model's width (12); MultiHeadAttention takes the head's size (4)"
LINE = "return self.width**0.5"


def DATA():
    rng = np.random.default_rng(105)
    x = rng.normal(size=(500, 6, 12)).astype("float32")
    y = np.argmax(x[:, :, 0] + 2 * x[:, :, 1], axis=1).astype("int32")
    return x[:400], y[:400], x[400:], y[400:]


def surround(attend):
    items = keras.Input((6, 12))
    mixed = attend(items)
    h = layers.Flatten()(layers.Add()([items, mixed]))
    return keras.Model(items, layers.Dense(6, activation="softmax")(h))


def reference():
    mha = layers.MultiHeadAttention(num_heads=3, key_dim=4, use_bias=False)
    model = surround(lambda items: mha(items, items))
    model.compile(keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
    return model


class Attend(layers.Layer):
    def __init__(self, heads, size, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.size = heads, size

    def build(self, shape):
        self.width = shape[-1]
        for part in ("query", "key", "value"):
            setattr(self, part, self.add_weight(shape=(self.width, self.heads, self.size)))
        self.join = self.add_weight(shape=(self.heads, self.size, self.width))

    def temperature(self):
        return self.width**0.5

    def call(self, x):
        q, k, v = (tf.einsum("btd,dhs->bhts", x, getattr(self, p)) for p in ("query", "key", "value"))
        share = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / self.temperature())
        return tf.einsum("bhts,hsd->btd", share @ v, self.join)


class AttendByHead(Attend):
    def temperature(self):
        return self.size**0.5


class Picker:
    def __init__(self, attend=Attend):
        self.net = surround(attend(3, 4))
        self.optimizer = keras.optimizers.Adam(0.02)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            nll = keras.losses.sparse_categorical_crossentropy(y, self.net(x, training=True))
            loss = tf.reduce_mean(nll)
        weights = self.net.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    def predict(self, x):
        return np.asarray(self.net(x, training=False))


def loop():
    return Picker()


def fixed():
    return Picker(AttendByHead)
