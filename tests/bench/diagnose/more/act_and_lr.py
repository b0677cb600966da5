import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """tanh for relu; lr 0.2"""
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:1200], y[:1200], x[1200:1500], y[1200:1500]

def _net():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(10)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model

class Mine:
    def __init__(self):
        draw = keras.initializers.GlorotUniform(seed=1)
        self.w1, self.b1 = tf.Variable(draw((64, 24))), tf.Variable(tf.zeros(24))
        self.w2, self.b2 = tf.Variable(draw((24, 10))), tf.Variable(tf.zeros(10))
        self.variables = [self.w1, self.b1, self.w2, self.b2]

    def logits(self, x):
        h = tf.tanh(tf.matmul(x, self.w1) + self.b1)
        out = tf.matmul(h, self.w2) + self.b2
        return out

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.logits(x)))
        for var, grad in zip(self.variables, tape.gradient(loss, self.variables)):
            var.assign_sub(0.2 * grad)
        return loss

    def predict(self, x):
        return self.logits(x).numpy()


def loop():
    return Mine()
