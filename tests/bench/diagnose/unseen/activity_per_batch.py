"""A sparse code of the digits: an autoencoder whose code pays for being active."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the code's activity is summed over the batch; Keras divides an activity penalty by the number of samples"
LINE = "price = PRICE * tf.reduce_sum(tf.abs(code))"

PRICE = 2e-3


def DATA():
    x = load_digits().data.astype("float32") / 16
    np.random.RandomState(112).shuffle(x)
    return x[:1500], x[:1500], x[1500:], x[1500:]


def reference():
    squeeze = keras.layers.Dense(24, "relu", activity_regularizer=keras.regularizers.L1(PRICE))
    model = keras.Sequential([keras.Input((64,)), squeeze, keras.layers.Dense(64, "sigmoid")])
    model.compile(keras.optimizers.SGD(1.0, momentum=0.5), loss="mse")
    return model


class SparseCode:
    def __init__(self):
        self.encode = keras.layers.Dense(24, "relu")
        self.decode = keras.layers.Dense(64, "sigmoid")
        self.encode.build((None, 64))
        self.decode.build((None, 24))
        self.variables = [*self.encode.weights, *self.decode.weights]
        self.opt = keras.optimizers.SGD(1.0, momentum=0.5)

    def price(self, code):
        price = PRICE * tf.reduce_sum(tf.abs(code))
        return price

    @tf.function
    def train_step(self, x, same):
        with tf.GradientTape() as tape:
            code = self.encode(x)
            misfit = tf.reduce_mean(tf.square(self.decode(code) - same))
            loss = misfit + self.price(code)
        self.opt.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self.decode(self.encode(x)).numpy()


class SparseCodeBySample(SparseCode):
    def price(self, code):
        return super().price(code) / tf.cast(tf.shape(code)[0], tf.float32)


def loop():
    return SparseCode()


def fixed():
    return SparseCodeBySample()
