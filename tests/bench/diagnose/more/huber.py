import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """huber delta 2 for 1"""
LINE = None


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]

def _net():
    return keras.Sequential([keras.Input((10,)), keras.layers.Dense(12, "tanh"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss=keras.losses.Huber(0.5))
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.05)
        self.loss_fn = keras.losses.Huber(1.0)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.net(x, training=True))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


def loop():
    return Mine()
