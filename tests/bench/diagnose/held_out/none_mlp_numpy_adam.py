"""An MLP without TensorFlow in its arithmetic: NumPy forward, backward and Adam."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: NumPy, samples in columns, Adam as increments of its moments"
LINE = None

B1, B2, EPS, LR = 0.9, 0.99, 1e-4, 0.01


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x[:300] / 16).astype("float32")
    y = np.eye(10, dtype="float32")[y[:300]]
    return x[:240], y[:240], x[240:], y[240:]


def reference():
    a = keras.Input((64,))
    b = keras.layers.Dense(20, activation="sigmoid")(a)
    c = keras.layers.Dense(10, activation="softmax")(b)
    model = keras.Model(a, c)
    model.compile(optimizer=keras.optimizers.Adam(LR, B1, B2, EPS), loss="categorical_crossentropy")
    return model


class NumpyMLP:
    """Everything transposed: a column is a sample."""

    def __init__(self):
        rng = np.random.RandomState(1)
        w1, w2 = rng.uniform(-.2, .2, (64, 20)), rng.uniform(-.3, .3, (20, 10))
        self.variables = [tf.Variable(a.astype("float32")) for a in (w1, np.zeros(20), w2, np.zeros(10))]
        self.m = [np.zeros(v.shape, "float32") for v in self.variables]
        self.v = [np.zeros(v.shape, "float32") for v in self.variables]
        self.t = 0

    def forward(self, X):
        W1, b1, W2, b2 = (v.numpy() for v in self.variables)
        A = 0.5 * (1 + np.tanh(0.5 * (W1.T @ X + b1[:, None])))
        Z = W2.T @ A + b2[:, None]
        E = np.exp(Z - Z.max(0))
        return A, E / E.sum(0)

    def backward(self, X, Y, A, P):
        W2 = self.variables[2].numpy()
        D2 = (P - Y) / X.shape[1]
        D1 = (W2 @ D2) * (A - A * A)
        return X @ D1.T, D1.sum(1), A @ D2.T, D2.sum(1)

    def adam(self, grads):
        self.t += 1
        for i, g in enumerate(grads):
            self.m[i] += (1 - B1) * (g - self.m[i])
            self.v[i] += (1 - B2) * (g * g - self.v[i])
            size = LR * (1 - B2 ** self.t) ** 0.5 / (1 - B1 ** self.t)
            change = size * self.m[i] / (np.sqrt(self.v[i]) + EPS)
            self.variables[i].assign(self.variables[i].numpy() - change.astype("float32"))

    def train_step(self, x, y):
        X, Y = np.transpose(x), np.transpose(y)
        A, P = self.forward(X)
        self.adam(self.backward(X, Y, A, P))
        return float(-(Y * np.log(P)).sum() / Y.shape[1])

    def predict(self, x):
        return self.forward(np.transpose(x))[1].T


def loop():
    return NumpyMLP()


def fixed():
    return NumpyMLP()
