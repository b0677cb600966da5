"""A few defects among many parts: batch normalisation by hand and weighted classes."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_classification

KIND = "result"
CAUSE = 'the weighted loss is divided by the sum of the weights; Keras divides it by the batch size and the moving averages take 0.9 of the new batch and keep 0.1; momentum=0.9 keeps 0.9'
CAUSES = ("the weighted loss is divided by the sum of the weights; Keras divides it by the batch size",
         "the moving averages take 0.9 of the new batch and keep 0.1; momentum=0.9 keeps 0.9")
LINE = 'return tf.reduce_sum(weight * each) / tf.reduce_sum(weight)'
LINES = ("return tf.reduce_sum(weight * each) / tf.reduce_sum(weight)",
        "return PACE * now + (1 - PACE) * moving")
FIT = {"batch_size": 50, "class_weight": {0: 1.0, 1: 4.0}}

PACE = 0.9


def DATA():
    x, y = make_classification(600, 10, n_informative=6, weights=[0.85], random_state=123)
    x, y = x.astype("float32"), y.reshape(-1, 1).astype("float32")
    return x[:450], y[:450], x[450:], y[450:]


def reference():
    part = keras.Input((10,))
    h = keras.layers.BatchNormalization(momentum=PACE, center=False, scale=False, epsilon=0.01)(part)
    h = keras.layers.Dense(8, activation="sigmoid")(h)
    model = keras.Model(part, keras.layers.Dense(1)(h))
    model.compile(keras.optimizers.SGD(0.3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


class Inspector:
    def __init__(self):
        rng = np.random.default_rng(23)
        self.mean, self.variance = tf.Variable(tf.zeros(10)), tf.Variable(tf.ones(10))
        self.learned = [tf.Variable(rng.normal(0, 0.4, s), dtype=tf.float32) for s in ((10, 8), 8, (8, 1), 1)]
        self.variables = [self.mean, self.variance] + self.learned

    def follow(self, moving, now):
        return PACE * now + (1 - PACE) * moving

    def total(self, weight, each):
        return tf.reduce_sum(weight * each) / tf.reduce_sum(weight)

    def logit(self, x, mean, variance):
        w, b, v, c = self.learned
        return tf.sigmoid((x - mean) / tf.sqrt(variance + 0.01) @ w + b) @ v + c

    @tf.function
    def train_step(self, x, defect):
        mean, variance = tf.nn.moments(x, axes=[0])
        with tf.GradientTape() as tape:
            each = tf.nn.sigmoid_cross_entropy_with_logits(labels=defect, logits=self.logit(x, mean, variance))
            loss = self.total(tf.where(defect > 0, 4.0, 1.0), each)
        for p, g in zip(self.learned, tape.gradient(loss, self.learned)):
            p.assign_sub(0.3 * g)
        self.mean.assign(self.follow(self.mean, mean))
        self.variance.assign(self.follow(self.variance, variance))
        return loss

    def predict(self, x):
        return self.logit(x, self.mean, self.variance).numpy()


class CarefulInspector(Inspector):
    def follow(self, moving, now):
        return (1 - PACE) * now + PACE * moving

    def total(self, weight, each):
        return tf.reduce_mean(weight * each)


def loop():
    return Inspector()


def fixed():
    return CarefulInspector()
