"""Sparse autoencoder on the iris table: L1 on the code's activations."""
import keras
import tensorflow as tf
from sklearn.datasets import load_iris
from sklearn.preprocessing import MinMaxScaler

KIND = "result"
CAUSE = "the penalty on activations is summed over the batch; Keras divides an activity regularizer by the batch size"
LINE = "sparsity = L1 * tf.reduce_sum(tf.abs(code))"
FIT = {"batch_size": 25}

L1 = 2e-3


def DATA():
    x = MinMaxScaler().fit_transform(load_iris().data)[::-1].copy().astype("float32")
    return x[:125], x[:125], x[125:], x[125:]


def reference():
    x = keras.Input((4,))
    code = keras.layers.Dense(6, "relu", activity_regularizer=keras.regularizers.L1(L1), name="code")(x)
    y = keras.layers.Dense(4, "sigmoid", name="decoder")(code)
    ae = keras.Model(x, y)
    ae.compile(loss="mse", optimizer=keras.optimizers.SGD(1.0))
    return ae


def glorot(*shape):
    return tf.Variable(keras.initializers.GlorotUniform(4)(shape), dtype=tf.float32)


class SparseAE:
    def __init__(self):
        self.variables = [glorot(4, 6), tf.Variable([0.0] * 6), glorot(6, 4), tf.Variable([0.0] * 4)]

    def encode(self, x):
        return tf.nn.relu(x @ self.variables[0] + self.variables[1])

    def decode(self, code):
        return tf.nn.sigmoid(code @ self.variables[2] + self.variables[3])

    def penalty(self, code):
        sparsity = L1 * tf.reduce_sum(tf.abs(code))
        return sparsity

    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            code = self.encode(x)
            loss = tf.reduce_mean((self.decode(code) - y) ** 2) + self.penalty(code)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(g)
        return loss

    def predict(self, x):
        return self.decode(self.encode(x)).numpy()


class SparseAEPerSample(SparseAE):
    def penalty(self, code):
        return L1 * tf.reduce_mean(tf.reduce_sum(tf.abs(code), axis=1))


def loop():
    return SparseAE()


def fixed():
    return SparseAEPerSample()
