"""A rectifier with a gradient of our own, because we want to swap it for a quantised one later on."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the backward pass of the rectifier zeroes where the incoming gradient is negative, not where the input was"
LINE = "return tf.where(upstream > 0, upstream, 0.0)"


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32")
    return x[:240], y[:240], x[240:300], y[240:300]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


@tf.custom_gradient
def my_relu(z):
    def backward(upstream):
        return tf.where(upstream > 0, upstream, 0.0)

    return tf.maximum(z, 0.0), backward


@tf.custom_gradient
def masked_relu(z):
    def backward(upstream):
        return tf.where(z > 0, upstream, 0.0)

    return tf.maximum(z, 0.0), backward


class Net:
    relu = staticmethod(my_relu)

    def __init__(self):
        self.layers = [keras.layers.Dense(n) for n in (24, 12, 10)]
        width = 64
        for layer in self.layers:
            layer.build((None, width))
            width = layer.units
        self.variables = [w for layer in self.layers for w in layer.trainable_weights]
        self.sgd = keras.optimizers.SGD(0.1)

    def __call__(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = self.relu(layer(x))
        return last(x)

    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self(x))
            nll = tf.reduce_mean(nll)
        self.sgd.apply_gradients(zip(tape.gradient(nll, self.variables), self.variables))
        return nll

    def predict(self, x):
        return self(x).numpy()


class MaskedNet(Net):
    relu = staticmethod(masked_relu)


def loop():
    return Net()


def fixed():
    return MaskedNet()
