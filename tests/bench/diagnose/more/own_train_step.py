import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """own train_step forgets the loss of regularisation"""
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(24, "relu", kernel_regularizer="l2"), keras.layers.Dense(10)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model

class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = keras.layers.Dense(24, "relu", kernel_regularizer="l2")
        self.b = keras.layers.Dense(10)

    def call(self, x, training=None):
        return self.b(self.a(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self(x, training=True)))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"loss": loss}


def loop():
    model = Own()
    model.compile(keras.optimizers.SGD(0.1))
    return model
