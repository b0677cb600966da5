"""Dropout: Dense(sigmoid) -> Dropout in Keras; mine is one fused layer."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "units are dropped before the sigmoid, where zero becomes a half, and not after it"
LINE = "return tf.sigmoid(self.drop(z, training=training))"


def DATA():
    x, y = load_digits(return_X_y=True)
    x, y = x[500:800].astype("float32") / 16, y[500:800].astype("int32")
    return x[:240], y[:240], x[240:], y[240:]


def reference():
    return_ = keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(40, activation="sigmoid"),
        keras.layers.Dropout(0.4, seed=12),
        keras.layers.Dense(10, activation="softmax"),
    ])
    return_.compile(optimizer=keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
    return return_


class DropDense(keras.layers.Layer):
    """dense, activation and dropout in one"""

    def __init__(self, units, rate, seed):
        super().__init__()
        self.units = units
        self.drop = keras.layers.Dropout(rate, seed=seed)

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, x, training=False):
        z = tf.matmul(x, self.kernel) + self.bias
        return self.squash(z, training)

    def squash(self, z, training):
        return tf.sigmoid(self.drop(z, training=training))


class SquashThenDrop(DropDense):
    def squash(self, z, training):
        return self.drop(tf.sigmoid(z), training=training)


class Loop:
    def __init__(self, first):
        self.first = first(40, rate=0.4, seed=12)
        self.second = keras.layers.Dense(10)
        self.first.build((None, 64))
        self.second.build((None, 40))
        self.variables = self.first.trainable_variables + self.second.trainable_variables
        self.opt = keras.optimizers.SGD(0.3)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.second(self.first(x, training=True))
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        grads = tape.gradient(loss, self.variables)
        self.opt.apply(grads, self.variables)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.second(self.first(x))).numpy()


def loop():
    return Loop(DropDense)


def fixed():
    return Loop(SquashThenDrop)
