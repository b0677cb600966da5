"""Rare events: precision on held-out data, with a metric object that training uses too."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_classification

KIND = "result"
CAUSE = "the precision counted while training is never reset, so the evaluation still holds the training batches"
LINE = None


def DATA():
    x, y = make_classification(900, 12, n_informative=4, weights=[0.8], flip_y=0.08, random_state=114)
    x, y = x.astype("float32"), y.astype("float32")[:, None]
    return x[:640], y[:640], x[640:], y[640:]


def alarm():
    return keras.Sequential([keras.Input((12,)), keras.layers.Dense(10, "gelu"), keras.layers.Dense(1, "sigmoid")])


def reference():
    model = alarm()
    model.compile("rmsprop", "binary_crossentropy", metrics=[keras.metrics.Precision(0.3, name="precision")])
    return model


class Alarm:
    def __init__(self):
        self.net, self.rms = alarm(), keras.optimizers.RMSprop()
        self.bce = keras.losses.BinaryCrossentropy()
        self.precision = keras.metrics.Precision(0.3)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            p = self.net(x, training=True)
            loss = self.bce(y, p)
        self.rms.apply(tape.gradient(loss, self.net.trainable_variables), self.net.trainable_variables)
        self.precision.update_state(y, p)
        return loss

    def evaluate(self, x, y, batch_size=32):
        for i in range(0, len(x), batch_size):
            self.precision.update_state(y[i:i + batch_size], self.net(x[i:i + batch_size]))
        return {"precision": float(self.precision.result())}

    def predict(self, x):
        return self.net(x).numpy()


class FreshAlarm(Alarm):
    def evaluate(self, x, y):
        self.precision.reset_state()
        return super().evaluate(x, y)


def loop():
    return Alarm()


def fixed():
    return FreshAlarm()
