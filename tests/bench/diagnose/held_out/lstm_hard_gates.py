# LSTM ported from our 2017 code base (keras 1 semantics), compared with today's keras.layers.LSTM
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the gates use the hard sigmoid of old Keras versions; the LSTM of today uses the sigmoid"
LINE = "return tf.clip_by_value(0.2 * z + 0.5, 0.0, 1.0)"

UNITS = 8


def DATA():
    rng = np.random.RandomState(5)
    x = rng.randn(250, 6, 3).astype("float32")
    trend = (x[:, 3:].sum((1, 2)) > x[:, :3].sum((1, 2))).astype("float32")[:, None]
    return x[:200], trend[:200], x[200:], trend[200:]


def reference():
    model = keras.Sequential([keras.Input((6, 3)), keras.layers.LSTM(UNITS), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    return model


def gate_activation(z):
    return tf.clip_by_value(0.2 * z + 0.5, 0.0, 1.0)


class LSTMClassifier:
    def __init__(self, gate=gate_activation):
        self.gate = gate
        glorot = keras.initializers.GlorotNormal(seed=1)
        forget_one = np.zeros(4 * UNITS, "float32")
        forget_one[UNITS:2 * UNITS] = 1
        self.kernel = tf.Variable(glorot((3, 4 * UNITS)))
        self.recurrent = tf.Variable(glorot((UNITS, 4 * UNITS)))
        self.bias = tf.Variable(forget_one)
        self.w = tf.Variable(glorot((UNITS, 1)))
        self.b = tf.Variable([0.])
        self.variables = [self.kernel, self.recurrent, self.bias, self.w, self.b]

    def last_state(self, x):
        h = c = tf.zeros([len(x), UNITS])
        for t in range(x.shape[1]):
            z = x[:, t] @ self.kernel + h @ self.recurrent + self.bias
            i, f, g, o = tf.split(z, 4, axis=1)
            c = self.gate(f) * c + self.gate(i) * tf.tanh(g)
            h = self.gate(o) * tf.tanh(c)
        return h

    def train_step(self, x, y):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            logit = self.last_state(x) @ self.w + self.b
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(y), logits=logit))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(0.5 * g)
        return loss

    def predict(self, x):
        return tf.sigmoid(self.last_state(tf.constant(x)) @ self.w + self.b).numpy()


def loop():
    return LSTMClassifier()


def fixed():
    return LSTMClassifier(gate=tf.sigmoid)
