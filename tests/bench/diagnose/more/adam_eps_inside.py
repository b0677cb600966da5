import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """epsilon inside the root"""
LINE = 'v.assign_sub(scale * m / tf.sqrt(s + 1e-3))'


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(10)])


def reference():
    model = _net()
    model.compile(keras.optimizers.Adam(0.003, epsilon=1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.1)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.variables = self.net.weights
        self.count = tf.Variable(0.0)
        self.m = [tf.Variable(tf.zeros_like(v)) for v in self.net.trainable_variables]
        self.s = [tf.Variable(tf.zeros_like(v)) for v in self.net.trainable_variables]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.net(x, training=True))
        self.count.assign_add(1.0)
        scale = 0.003 * tf.sqrt(1 - 0.999 ** self.count) / (1 - 0.9 ** self.count)
        for v, g, m, s in zip(self.net.trainable_variables, tape.gradient(loss, self.net.trainable_variables), self.m, self.s):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * g * g)
            v.assign_sub(scale * m / tf.sqrt(s + 1e-3))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


def loop():
    return Mine()
