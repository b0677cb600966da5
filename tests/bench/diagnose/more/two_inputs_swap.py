import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """two inputs swapped"""
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return [x[:1200, :32], x[:1200, 32:]], y[:1200], [x[1200:1500, :32], x[1200:1500, 32:]], y[1200:1500]


def _net():
    a, b = keras.Input((32,)), keras.Input((32,))
    h = keras.layers.Concatenate()([keras.layers.Dense(12, "relu")(a), keras.layers.Dense(12, "relu")(b)])
    return keras.Model([a, b], keras.layers.Dense(10)(h))


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
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
            loss = self.loss_fn(y, self.net([x[1], x[0]], training=True))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def predict(self, x):
        return self.net([x[1], x[0]]).numpy()


def loop():
    return Mine()
