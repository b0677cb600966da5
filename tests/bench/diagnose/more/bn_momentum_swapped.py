import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """momentum used the wrong way round"""
LINE = 'mean.assign(0.1 * mean + 0.9 * m)'


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(16), keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU(), keras.layers.Dense(10)])


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

    def forward(self, x, training):
        w, b, gamma, beta, mean, var, k, c = self.net.weights
        z = tf.matmul(x, w) + b
        if training:
            m, v = tf.nn.moments(z, [0])
            mean.assign(0.1 * mean + 0.9 * m)
            var.assign(0.1 * var + 0.9 * v)
        else:
            m, v = mean, var
        h = tf.nn.relu(tf.nn.batch_normalization(z, m, v, beta, gamma, 1e-3))
        return tf.matmul(h, k) + c

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.forward(x, True))
        vs = self.net.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, vs), vs))
        return loss

    def predict(self, x):
        return self.forward(tf.constant(x), False).numpy()


def loop():
    return Mine()
