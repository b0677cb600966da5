import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """weighted loss divided by the sum of weights"""
LINE = None
FIT = {"batch_size": 32, "class_weight": {0: 3.0, 1: 1.0}}

def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.RandomState(5).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("float32")[:, None]
    return x[:448], y[:448], x[448:], y[448:]

def _net():
    return keras.Sequential([keras.Input((30,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.1)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            w = tf.where(y[:, 0] > 0.5, 1.0, 3.0)
            l = keras.losses.binary_crossentropy(y, self.net(x, training=True))
            loss = tf.reduce_sum(w * l) / tf.reduce_sum(w)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


def loop():
    return Mine()
