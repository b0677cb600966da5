"""Back-propagation in NumPy only, the way the textbook does it (or so I thought)."""
import numpy as np
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the hidden error is propagated through the output weights after they were updated"
LINE = "error_h = np.dot(error_o, self.get('wo').T) * (1 - h * h)"

LEARNING_RATE = 0.5
N_HIDDEN = 16


def DATA():
    d = load_digits()
    X = (d.data / 16.).astype('float32')[100:400]
    Y = np.eye(10, dtype='float32')[d.target[100:400]]
    return X[:256], Y[:256], X[256:], Y[256:]


def reference():
    model = keras.models.Sequential()
    model.add(keras.layers.Input((64,)))
    model.add(keras.layers.Dense(N_HIDDEN, activation='tanh'))
    model.add(keras.layers.Dense(10, activation='softmax'))
    model.compile(optimizer=keras.optimizers.SGD(LEARNING_RATE), loss='categorical_crossentropy')
    return model


class NeuralNetwork(object):
    def __init__(self):
        rng = np.random.RandomState(0)
        mk = lambda *s: tf.Variable((rng.randn(*s) * 0.2).astype('float32'))
        self.store = {'wh': mk(64, N_HIDDEN), 'bh': mk(N_HIDDEN), 'wo': mk(N_HIDDEN, 10), 'bo': mk(10)}
        self.variables = [self.store[k] for k in ('wh', 'bh', 'wo', 'bo')]

    def get(self, name):
        return self.store[name].numpy()

    def put(self, name, value):
        self.store[name].assign(value)

    def feedforward(self, X):
        h = np.tanh(np.dot(X, self.get('wh')) + self.get('bh'))
        z = np.dot(h, self.get('wo')) + self.get('bo')
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return h, e / e.sum(axis=1, keepdims=True)

    def backprop(self, X, h, error_o):
        self.put('wo', self.get('wo') - LEARNING_RATE * np.dot(h.T, error_o))
        self.put('bo', self.get('bo') - LEARNING_RATE * error_o.sum(axis=0))
        error_h = np.dot(error_o, self.get('wo').T) * (1 - h * h)
        self.put('wh', self.get('wh') - LEARNING_RATE * np.dot(X.T, error_h))
        self.put('bh', self.get('bh') - LEARNING_RATE * error_h.sum(axis=0))

    def train_step(self, X, Y):
        h, p = self.feedforward(X)
        self.backprop(X, h, (p - Y) / len(X))
        return -np.mean(np.sum(Y * np.log(p), axis=1))

    def predict(self, X):
        return self.feedforward(X)[1]


class NeuralNetwork2(NeuralNetwork):
    def backprop(self, X, h, error_o):
        error_h = (1 - h * h) * np.dot(error_o, self.get('wo').T)
        self.put('wo', self.get('wo') - LEARNING_RATE * np.dot(h.T, error_o))
        self.put('bo', self.get('bo') - LEARNING_RATE * error_o.sum(axis=0))
        self.put('wh', self.get('wh') - LEARNING_RATE * np.dot(X.T, error_h))
        self.put('bh', self.get('bh') - LEARNING_RATE * error_h.sum(axis=0))


def loop():
    return NeuralNetwork()


def fixed():
    return NeuralNetwork2()
