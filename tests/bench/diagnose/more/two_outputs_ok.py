import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_breast_cancer, load_diabetes
KIND = "none"
CAUSE = """none"""
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.RandomState(6).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    odd = (y % 2).astype("float32")[:, None]
    return x[:1200], {"digit": y[:1200], "odd": odd[:1200]}, x[1200:1500], {"digit": y[1200:1500], "odd": odd[1200:1500]}


def _net():
    i = keras.Input((64,))
    h = keras.layers.Dense(24, "relu")(i)
    return keras.Model(i, {"digit": keras.layers.Dense(10, name="digit")(h), "odd": keras.layers.Dense(1, "sigmoid", name="odd")(h)})


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss={"digit": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "odd": "binary_crossentropy"}, loss_weights={"digit": 1.0, "odd": 0.3})
    return model

class Mine:
    def __init__(self):
        self.net = _net()
        self.opt = keras.optimizers.SGD(0.1)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            out = self.net(x, training=True)
            loss = self.loss_fn(y["digit"], out["digit"]) + 0.3 * tf.reduce_mean(keras.losses.binary_crossentropy(y["odd"], out["odd"]))
        vs = self.net.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, vs), vs))
        return loss

    def predict(self, x):
        return {k: v.numpy() for k, v in self.net(x).items()}


def loop():
    return Mine()
