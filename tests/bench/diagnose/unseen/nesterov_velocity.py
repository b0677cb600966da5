"""Wine cultivars by a tf.Module that carries its own velocities."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine

KIND = "result"
CAUSE = "the weights move by the velocity alone (heavy ball); the reference's SGD is Nesterov's and looks ahead"
LINE = "weight.assign_add(speed)"


def DATA():
    x, y = load_wine(return_X_y=True)
    shuffled = np.random.RandomState(101).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0))[shuffled].astype("float32")
    y = y[shuffled].astype("int32")
    return x[:144], y[:144], x[144:], y[144:]


def reference():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(9, "tanh"), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


FIT = {"batch_size": 24}


class Cultivars(tf.Module):
    def __init__(self, rate=0.05, inertia=0.9):
        super().__init__()
        self.rate, self.inertia = rate, inertia
        rng = np.random.default_rng(4)
        sizes = [(13, 9), (9,), (9, 3), (3,)]
        self.weights = [tf.Variable(rng.normal(0, 0.3, s).astype("float32")) for s in sizes]
        self.speeds = [tf.Variable(tf.zeros(s), trainable=False) for s in sizes]

    @property
    def variables(self):
        return tuple(self.weights)

    def __call__(self, x):
        kernel, shift, readout, offset = self.weights
        return tf.tanh(x @ kernel + shift) @ readout + offset

    def move(self, weight, speed, slope):
        speed.assign(self.inertia * speed - self.rate * slope)
        weight.assign_add(speed)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self(x))
            loss = tf.reduce_mean(losses)
        for triple in zip(self.weights, self.speeds, tape.gradient(loss, self.weights)):
            self.move(*triple)
        return loss

    def predict(self, x):
        return self(tf.convert_to_tensor(x)).numpy()


class LookingAhead(Cultivars):
    def move(self, weight, speed, slope):
        speed.assign(self.inertia * speed - self.rate * slope)
        weight.assign_add(self.inertia * speed - self.rate * slope)


def loop():
    return Cultivars()


def fixed():
    return LookingAhead()
