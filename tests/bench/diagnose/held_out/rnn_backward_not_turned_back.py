"""Denoise a sequence with a bidirectional RNN; one output a time step."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the backward pass's outputs are not turned round again before they are joined to the forward ones"
LINE = "backward = self.scan(sequence[:, ::-1], self.bw)"

T, UNITS = 7, 5


def DATA():
    rng = np.random.RandomState(17)
    clean = np.cumsum(rng.randn(240, T, 1) * 0.4, axis=1)
    noisy = clean + 0.3 * rng.randn(240, T, 1)
    noisy, clean = noisy.astype("float32"), clean.astype("float32")
    return noisy[:180], clean[:180], noisy[180:], clean[180:]


def reference():
    model = keras.Sequential([
        keras.Input((T, 1)),
        keras.layers.Bidirectional(keras.layers.SimpleRNN(UNITS, return_sequences=True)),
        keras.layers.TimeDistributed(keras.layers.Dense(1)),
    ])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.MeanSquaredError())
    return model


def cell_weights(seed):
    u = tf.linalg.qr(tf.random.stateless_normal((UNITS, UNITS), (seed, 1)))[0]
    return [tf.Variable(tf.random.stateless_normal((1, UNITS), (seed, 0))), tf.Variable(u), tf.Variable(tf.zeros(UNITS))]


class BiRNN(tf.Module):
    def __init__(self):
        super().__init__()
        self.fw, self.bw = cell_weights(1), cell_weights(2)
        self.v = tf.Variable(tf.random.stateless_normal((2 * UNITS, 1), (3, 3)) * 0.3)
        self.c = tf.Variable(tf.zeros(1))
        self.params = [*self.fw, *self.bw, self.v, self.c]

    def scan(self, sequence, cell):
        w, u, b = cell
        h = tf.zeros((tf.shape(sequence)[0], UNITS))
        outputs = []
        for x_t in tf.unstack(sequence, num=T, axis=1):
            h = tf.tanh(x_t @ w + h @ u + b)
            outputs.append(h)
        return tf.stack(outputs, axis=1)

    def both_ways(self, sequence):
        forward = self.scan(sequence, self.fw)
        backward = self.scan(sequence[:, ::-1], self.bw)
        return tf.concat([forward, backward], axis=-1)

    def __call__(self, sequence):
        return self.both_ways(sequence) @ self.v + self.c


class BiRNNAligned(BiRNN):
    def both_ways(self, sequence):
        forward = self.scan(sequence, self.fw)
        backward = tf.reverse(self.scan(tf.reverse(sequence, [1]), self.bw), [1])
        return tf.concat([forward, backward], axis=-1)


class Denoiser:
    def __init__(self, rnn):
        self.rnn, self.variables = rnn, rnn.params

    @tf.function
    def train_step(self, noisy, clean):
        with tf.GradientTape() as tape:
            mse = tf.reduce_mean(tf.square(self.rnn(noisy) - clean))
        for p, dp in zip(self.variables, tape.gradient(mse, self.variables)):
            p.assign_sub(0.1 * dp)
        return mse

    def predict(self, noisy):
        return self.rnn(noisy).numpy()


def loop():
    return Denoiser(BiRNN())


def fixed():
    return Denoiser(BiRNNAligned())
