"""AdamW on tabular data; only the kernels are meant to shrink."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_friedman1

KIND = "result"
CAUSE = "the decay shrinks every variable, biases too; the reference excludes the biases from weight decay"
LINE = "shrinking = [v for v in self.weights if v.trainable]"

RATE, DECAY = 0.02, 0.5


def DATA():
    x, y = make_friedman1(420, n_features=7, random_state=117)
    y = (y - y.mean()) / y.std()
    x, y = x.astype(np.float32), y.astype(np.float32)[:, np.newaxis]
    return x[:320], y[:320], x[320:], y[320:]


def layers():
    return [keras.layers.Dense(14, "swish", bias_initializer=keras.initializers.RandomUniform(-0.5, 0.5, seed=1)),
            keras.layers.Dense(1)]


def reference():
    model = keras.Sequential([keras.Input((7,)), *layers()])
    adamw = keras.optimizers.AdamW(RATE, weight_decay=DECAY)
    adamw.exclude_from_weight_decay(var_names=["bias"])
    model.compile(adamw, loss="mse")
    return model


class Shrinker:
    def __init__(self):
        self.stack = layers()
        self.forward(tf.zeros((1, 7)))
        self.weights = [w for layer in self.stack for w in layer.weights]
        self.variables, self.adam = self.weights, keras.optimizers.Adam(RATE)

    def forward(self, x):
        for layer in self.stack:
            x = layer(x)
        return x

    def chosen(self):
        shrinking = [v for v in self.weights if v.trainable]
        return shrinking

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self.forward(x) - y) ** 2)
        grads = tape.gradient(loss, self.weights)
        for v in self.chosen():
            v.assign((1 - RATE * DECAY) * v)
        self.adam.apply(grads, self.weights)
        return loss

    def predict(self, x):
        return self.forward(tf.constant(x)).numpy()


class KernelShrinker(Shrinker):
    def chosen(self):
        return [v for v in self.weights if "bias" not in v.name]


def loop():
    return Shrinker()


def fixed():
    return KernelShrinker()
