"""Adam as a few functions, for a regression of disease progression."""
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the second moment is debiased with the first moment's decay (0.9) in place of its own (0.999)"
LINE = "correction = tf.sqrt(1 - FADE_MEAN**t)"

FADE_MEAN, FADE_SPREAD, STEP = 0.9, 0.999, 0.01


def DATA():
    x, y = load_diabetes(return_X_y=True, scaled=False)
    x = (x - x.mean(0)) / x.std(0)
    y = (y - 150) / 75
    keep = np.random.RandomState(102).permutation(len(x))
    x, y = x[keep].astype("float32"), y[keep, None].astype("float32")
    return x[:360], y[:360], x[360:], y[360:]


def stack():
    return keras.Sequential([keras.Input((10,)), keras.layers.Dense(16, "sigmoid"), keras.layers.Dense(1)])


def reference():
    model = stack()
    model.compile(keras.optimizers.Adam(STEP), loss="mean_squared_error")
    return model


def direction(first, second, t):
    mean = first / (1 - FADE_MEAN**t)
    correction = tf.sqrt(1 - FADE_MEAN**t)
    return mean * correction / (tf.sqrt(second) + 1e-7)


def own_direction(first, second, t):
    return first / (1 - FADE_MEAN**t) * tf.sqrt(1 - FADE_SPREAD**t) / (tf.sqrt(second) + 1e-7)


def assemble(direction):
    net = stack()
    params = [v.value for v in net.trainable_variables]
    firsts = [tf.Variable(tf.zeros_like(p)) for p in params]
    seconds = [tf.Variable(tf.zeros_like(p)) for p in params]
    clock = tf.Variable(0.0)

    @tf.function
    def train_step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(x, training=True) - y))
        t = clock.assign_add(1.0)
        for p, g, first, second in zip(params, tape.gradient(loss, params), firsts, seconds):
            first.assign(FADE_MEAN * first + (1 - FADE_MEAN) * g)
            second.assign(FADE_SPREAD * second + (1 - FADE_SPREAD) * tf.square(g))
            p.assign_sub(STEP * direction(first, second, t))
        return loss

    return SimpleNamespace(variables=net.weights, train_step=train_step,
                           predict=lambda x: net(x, training=False).numpy())


def loop():
    return assemble(direction)


def fixed():
    return assemble(own_direction)
