"""A Keras model with a train_step of its own, trained with class weights."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

KIND = "result"
CAUSE = "the own train_step drops the sample weights, into which Keras turns class_weight"
LINE = "return self.compute_loss(x=x, y=y, y_pred=y_pred)"
FIT = {"batch_size": 40, "class_weight": {0: 3.0, 1: 0.5}}


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(84).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("int32")
    return x[:400], y[:400], x[400:], y[400:]


def _finish(model):
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model


def reference():
    layers = [keras.layers.Dense(12, "relu"), keras.layers.Dense(2, "softmax")]
    return _finish(keras.Sequential([keras.Input((30,)), *layers]))


class OwnStep(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(12, "relu")
        self.answer = keras.layers.Dense(2, "softmax")

    def call(self, x, training=False):
        return self.answer(self.hidden(x))

    def error(self, x, y, y_pred, sample_weight):
        return self.compute_loss(x=x, y=y, y_pred=y_pred)

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.error(x, y, y_pred, sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}


class WeightedStep(OwnStep):
    def error(self, x, y, y_pred, sample_weight):
        return self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)


class Batchwise:
    def __init__(self, model):
        self.model = _finish(model)
        self.model(np.zeros((1, 30), "float32"))
        self.variables = self.model.weights

    def train_step(self, x, y):
        return self.model.train_on_batch(x, y, class_weight=FIT["class_weight"])

    def predict(self, x):
        return self.model.predict(x, verbose=0)


def loop():
    return Batchwise(OwnStep())


def fixed():
    return Batchwise(WeightedStep())
