"""Running sums over series of unequal length, zero rows for padding."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the masked error is averaged over all time steps, padding too; Keras averages over the unmasked ones and each gradient is clipped at 0.1; the reference's clipvalue is 0.01"
CAUSES = ("the masked error is averaged over all time steps, padding too; Keras averages over the unmasked ones",
         "each gradient is clipped at 0.1; the reference's clipvalue is 0.01")
LINE = 'return tf.reduce_mean(error * known)'
LINES = ("return tf.reduce_mean(error * known)", "return tf.clip_by_value(slope, -0.1, 0.1)")

TIME = 9


def DATA():
    rng = np.random.RandomState(124)
    x = rng.normal(size=(400, TIME, 2))
    length = rng.randint(3, TIME + 1, size=(400, 1))
    x *= (np.arange(TIME) < length)[..., None]
    y = np.tanh(np.cumsum(x.sum(-1, keepdims=True), axis=1))
    x, y = x.astype("float32"), y.astype("float32")
    return x[:320], y[:320], x[320:], y[320:]


def recurrent():
    return keras.Sequential([
        keras.Input((TIME, 2)),
        keras.layers.Masking(0.0),
        keras.layers.SimpleRNN(8, return_sequences=True),
        keras.layers.Dense(1),
    ])


def reference():
    model = recurrent()
    model.compile(keras.optimizers.SGD(0.5, clipvalue=0.01), loss="mse")
    return model


def masked_mean(error, known):
    return tf.reduce_mean(error * known)


def bounded(slope):
    return tf.clip_by_value(slope, -0.1, 0.1)


class Series:
    def __init__(self, average=masked_mean, bound=bounded):
        self.rnn = recurrent()
        self.variables = self.rnn.weights
        self.average, self.bound = average, bound

    def known(self, x):
        return tf.cast(tf.reduce_any(x != 0, axis=-1), tf.float32)

    @tf.function
    def train_step(self, x, y):
        weights = [v.value for v in self.rnn.trainable_variables]
        with tf.GradientTape() as tape:
            error = tf.squeeze(tf.square(self.rnn(x, training=True) - y), -1)
            loss = self.average(error, self.known(x))
        for w, g in zip(weights, tape.gradient(loss, weights)):
            w.assign_sub(0.5 * self.bound(g))
        return loss

    def predict(self, x):
        return self.rnn(x).numpy()


def loop():
    return Series()


def fixed():
    return Series(lambda error, known: tf.reduce_sum(error * known) / tf.reduce_sum(known),
                  lambda slope: tf.clip_by_value(slope, -0.01, 0.01))
