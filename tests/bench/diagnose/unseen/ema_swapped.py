"""Digits with averaged weights: after training the average takes the weights' place."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the average weighs old and new the wrong way round: 0.9 of the newest weights, 0.1 of what it held"
LINE = "mean.assign(fresh * mean + (1 - fresh) * w)"
FIT = {"batch_size": 50, "epochs": 1}


def DATA():
    bunch = load_digits()
    pick = np.random.RandomState(106).permutation(bunch.target.size)[:1000]
    images, labels = bunch.data[pick].astype("float32") / 16, bunch.target[pick].astype("int64")
    return images[:800], labels[:800], images[800:], labels[800:]


def network():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(18, activation="softplus"), keras.layers.Dense(10)])


def reference():
    model = network()
    sgd = keras.optimizers.SGD(0.2, use_ema=True, ema_momentum=0.9)
    model.compile(sgd, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class Averaged:
    def __init__(self):
        self.net = network()
        self.sgd = keras.optimizers.SGD(0.2)
        self.variables = self.net.weights
        self.means = None

    @tf.function
    def descend(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.net(x, training=True)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
        self.sgd.apply(tape.gradient(loss, self.net.trainable_variables), self.net.trainable_variables)
        return loss

    def blend(self, mean, w, fresh=0.1):
        mean.assign(fresh * mean + (1 - fresh) * w)

    def train_step(self, x, y):
        loss = self.descend(x, y)
        if self.means is None:
            self.means = [tf.Variable(w.value) for w in self.net.trainable_variables]
        for mean, w in zip(self.means, self.net.trainable_variables):
            self.blend(mean, w.value)
        return loss

    def fit(self, x, y, epochs, batch_size):
        for _ in range(epochs):
            for at in range(0, len(x), batch_size):
                self.train_step(x[at:at + batch_size], y[at:at + batch_size])
        for w, mean in zip(self.net.trainable_variables, self.means):
            w.assign(mean)

    def predict(self, x):
        return self.net.predict_on_batch(x)


class SlowlyAveraged(Averaged):
    def blend(self, mean, w, fresh=0.1):
        mean.assign((1 - fresh) * mean + fresh * w)


def loop():
    return Averaged()


def fixed():
    return SlowlyAveraged()
