"""An MLP as a tf.Module; its step size falls after each epoch."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the step size is a Python number, frozen into the traced step; lowering it changes nothing"
LINE = "return self.rate * slope"
FIT = {"batch_size": 40, "epochs": 2}


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(57).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    falling = keras.optimizers.schedules.PiecewiseConstantDecay([7], [0.8, 0.08])
    model.compile(keras.optimizers.SGD(falling), loss="sparse_categorical_crossentropy")
    return model


class Mlp(tf.Module):
    def __init__(self):
        super().__init__()
        draw = tf.random_normal_initializer(stddev=0.2, seed=3)
        self.parameters = []
        for n_in, n_out in ((64, 16), (16, 16), (16, 12), (12, 10)):
            self.parameters += [tf.Variable(draw((n_in, n_out))), tf.Variable(tf.zeros(n_out))]
        self.rate = 0.8

    @property
    def variables(self):
        return self.parameters

    def __call__(self, a):
        for w, b in zip(self.parameters[0:6:2], self.parameters[1:6:2], strict=True):
            a = tf.sigmoid(a @ w + b)
        return a @ self.parameters[6] + self.parameters[7]

    def stride(self, slope):
        return self.rate * slope

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self(x))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.parameters, tape.gradient(loss, self.parameters), strict=True):
            v.assign_sub(self.stride(g))
        return loss

    def fall(self):
        self.rate *= 0.1

    def fit(self, x, y, epochs, batch_size):
        for _ in range(epochs):
            for i in range(0, len(x), batch_size):
                self.train_step(x[i : i + batch_size], y[i : i + batch_size])
            self.fall()

    def predict(self, x):
        return tf.nn.softmax(self(x)).numpy()


class RateVariable(Mlp):
    def __init__(self):
        super().__init__()
        self.rate_now = tf.Variable(0.8, trainable=False)

    def stride(self, slope):
        return self.rate_now * slope

    def fall(self):
        self.rate_now.assign(0.1 * self.rate_now)


def loop():
    return Mlp()


def fixed():
    return RateVariable()
