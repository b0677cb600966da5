import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "result"
CAUSE = """v1 Adam default epsilon 1e-8; ref 1e-4"""
LINE = 'self.train = tf1.train.AdamOptimizer(0.003).minimize(self.loss)'


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

tf1 = tf.compat.v1
class Graph:
    def __init__(self):
        g = tf.Graph()
        with g.as_default():
            self.x = tf1.placeholder(tf.float32, [None, 64])
            self.y = tf1.placeholder(tf.int32, [None])
            glorot = tf1.glorot_uniform_initializer(seed=5)
            w = [tf1.get_variable("w_in", [64, 24], initializer=glorot), tf1.get_variable("b_in", initializer=tf.zeros([24])),
                 tf1.get_variable("w_out", [24, 10], initializer=glorot), tf1.get_variable("b_out", initializer=tf.zeros([10]))]
            self.variables = w
            h = tf.nn.relu(tf.matmul(self.x, w[0]) + w[1])
            self.logits = tf.matmul(h, w[2]) + w[3]
            self.loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.y, logits=self.logits))
            self.train = tf1.train.AdamOptimizer(0.003).minimize(self.loss)
            self.session = tf1.Session(graph=g)
            self.session.run(tf1.global_variables_initializer())

    def train_step(self, x, y):
        return self.session.run([self.loss, self.train], {self.x: x, self.y: y})[0]

    def predict(self, x):
        return self.session.run(self.logits, {self.x: x})


def loop():
    return Graph()
