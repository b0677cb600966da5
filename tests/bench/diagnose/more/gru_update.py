import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """update gate the wrong way round"""
LINE = 'h = (1 - z) * h + z * c'


def DATA():
    rng = np.random.RandomState(3)
    size = rng.randint(4, 13, 480)
    x = rng.randint(1, 30, size=(480, 12)).astype("int32")
    x[np.arange(12)[None] >= size[:, None]] = 0
    y = ((x == 7).sum(1) > 0).astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]

def _net():
    return keras.Sequential([keras.Input((12,), dtype="int32"), keras.layers.Embedding(30, 8), keras.layers.GRU(6, reset_after=False), keras.layers.Dense(1, "sigmoid")])


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
        e, w, u, b, k, d = self.net.weights
        seq = tf.gather(e, x)
        h = tf.zeros((tf.shape(x)[0], 6))
        for t in range(12):
            a = tf.matmul(seq[:, t], w) + b
            z = tf.sigmoid(a[:, :6] + tf.matmul(h, u[:, :6]))
            r = tf.sigmoid(a[:, 6:12] + tf.matmul(h, u[:, 6:12]))
            c = tf.tanh(a[:, 12:] + tf.matmul(r * h, u[:, 12:]))
            h = (1 - z) * h + z * c
        return tf.sigmoid(tf.matmul(h, k) + d)

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
