import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """kernel flipped (true convolution)"""
LINE = 'h = tf.nn.relu(tf.nn.conv2d(x, k[::-1, ::-1], 2, "SAME") + b)'


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"), keras.layers.Flatten(), keras.layers.Dense(10)])


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

    def forward(self, x, training=False):
        k, b, w, c = self.net.weights
        h = tf.nn.relu(tf.nn.conv2d(x, k[::-1, ::-1], 2, "SAME") + b)
        return tf.matmul(tf.reshape(h, (-1, 64)), w) + c

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
