import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """embedding multiplied by sqrt(d)"""
LINE = 'e = tf.gather(self.net.layers[0].embeddings, x) * 8.0 ** 0.5'


def DATA():
    rng = np.random.RandomState(3)
    size = rng.randint(4, 13, 480)
    x = rng.randint(1, 30, size=(480, 12)).astype("int32")
    x[np.arange(12)[None] >= size[:, None]] = 0
    y = ((x == 7).sum(1) > 0).astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]

def _net():
    return keras.Sequential([keras.Input((12,), dtype="int32"), keras.layers.Embedding(30, 8), keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(1, "sigmoid")])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.5), loss="binary_crossentropy")
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.5)
        self.loss_fn = keras.losses.BinaryCrossentropy()
        self.variables = self.net.weights

    def forward(self, x, training=False):
        e = tf.gather(self.net.layers[0].embeddings, x) * 8.0 ** 0.5
        return self.net.layers[2](self.net.layers[1](e))

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.forward(x, True))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def predict(self, x):
        return self.forward(x).numpy()


def loop():
    return Mine()
