import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """mae for mse"""
LINE = 'loss = tf.reduce_mean(tf.abs(self.net(x, training=True) - y))'


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]

def _net():
    return keras.Sequential([keras.Input((10,)), keras.layers.Dense(12, "tanh"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.05)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(self.net(x, training=True) - y))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


def loop():
    return Mine()
