import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """two loops, one divides by two"""
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(10)])

class A:
    scale = 1.0
    def __init__(self):
        self.net = _net()
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            z = self.net(x, training=True)
            loss = self.cost(y, z)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(0.1 * g)
        return loss

    def cost(self, y, z):
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))

    def predict(self, x):
        return self.net(x).numpy()

class B(A):
    def cost(self, y, z):
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=tf.tanh(z)))

def loop():
    return B()

def reference():
    return A()
