"""Each batch is taken in four quarters; the model is called without a training flag."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: the mean of equal quarters' gradients is the batch's gradient, and nothing in this model heeds training"
LINE = None
FIT = {"batch_size": 64}


def DATA():
    x, y = load_digits(return_X_y=True)
    i = np.random.RandomState(134).permutation(len(y))
    x, y = x[i].astype("float32") / 16, y[i].astype("int32")
    return x[:1280], y[:1280], x[1280:], y[1280:]


def layered():
    image = keras.Input((64,))
    h = keras.layers.LayerNormalization()(keras.layers.Dense(16)(image))
    return keras.Model(image, keras.layers.Dense(10)(keras.activations.silu(h)))


def reference():
    model = layered()
    model.compile(keras.optimizers.Adam(0.003, clipnorm=0.5),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class Quarters:
    def __init__(self):
        self.net = layered()
        self.opt = keras.optimizers.Adam(0.003, clipnorm=0.5)
        self.variables = self.net.weights

    def slopes(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.net(x)))
        return loss, tape.gradient(loss, self.net.trainable_variables)

    @tf.function
    def train_step(self, x, y):
        parts = [self.slopes(*quarter) for quarter in zip(tf.split(x, 4), tf.split(y, 4))]
        losses, slopes = zip(*parts)
        mean = [tf.add_n(per_weight) / 4 for per_weight in zip(*slopes)]
        self.opt.apply_gradients(zip(mean, self.net.trainable_variables))
        return tf.add_n(losses) / 4

    def predict(self, x):
        return self.net(x).numpy()


def loop():
    return Quarters()


def fixed():
    return Quarters()
