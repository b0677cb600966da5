"""An MLP with dropout as a subclassed model, trained by its own train_step."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: an own train_step that adds the penalty's gradient by hand, the loss as a sum over n"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(103).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    l2 = keras.regularizers.L2(0.01)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, "sigmoid", kernel_regularizer=l2),
            keras.layers.Dense(16, "sigmoid", kernel_regularizer=l2),
            keras.layers.Dropout(0.2, seed=33),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.4), loss="sparse_categorical_crossentropy")
    return model


class OwnStep(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = keras.layers.Dense(24, "sigmoid")
        self.two = keras.layers.Dense(16, "sigmoid")
        self.drop = keras.layers.Dropout(0.2, seed=33)
        self.three = keras.layers.Dense(10)

    def call(self, x, training=False):
        return self.three(self.drop(self.two(self.one(x)), training=training))

    def train_step(self, data):
        x, y = data[:2]
        penalised = [self.one.kernel, self.two.kernel]
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(
                tf.nn.sparse_softmax_cross_entropy_with_logits(
                    labels=y, logits=self(x, training=True)
                )
            ) / tf.cast(tf.size(y), tf.float32)
        weights = self.trainable_variables
        penalty = sum(0.01 * tf.reduce_sum(kernel**2) for kernel in penalised)
        for w, g in zip(weights, tape.gradient(loss, weights), strict=True):
            extra = 0.02 * w if any(w is kernel for kernel in penalised) else 0.0
            w.assign_sub(0.4 * (g + extra))
        return {"loss": loss + penalty}


class Program:
    def __init__(self):
        self.model = OwnStep()
        self.model.compile()
        self.model(np.zeros((1, 64), "float32"))
        self.variables = self.model.weights

    def train_step(self, x, y):
        return self.model.train_on_batch(x, y)

    def predict(self, x):
        return tf.nn.softmax(self.model.predict(x, verbose=0)).numpy()


def loop():
    return Program()


def fixed():
    return Program()
