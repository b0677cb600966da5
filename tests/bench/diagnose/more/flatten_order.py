import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """channels first before the flatten"""
LINE = 'h = tf.reshape(tf.transpose(h, (0, 3, 1, 2)), (-1, 64))'


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D(2), keras.layers.Flatten(), keras.layers.Dense(10)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model

class Mine:
    def __init__(self):
        draw = keras.initializers.GlorotUniform(seed=1)
        self.variables = [tf.Variable(draw((3, 3, 1, 4))), tf.Variable(tf.zeros(4)), tf.Variable(draw((64, 10))), tf.Variable(tf.zeros(10))]

    def logits(self, x):
        k, b, w, c = self.variables
        h = tf.nn.relu(tf.nn.conv2d(x, k, 1, "SAME") + b)
        h = tf.nn.max_pool2d(h, 2, 2, 'VALID')
        h = tf.reshape(tf.transpose(h, (0, 3, 1, 2)), (-1, 64))
        return tf.matmul(h, w) + c

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.logits(x)))
        for var, grad in zip(self.variables, tape.gradient(loss, self.variables)):
            var.assign_sub(0.1 * grad)
        return loss

    def predict(self, x):
        return self.logits(x).numpy()


def loop():
    return Mine()
