"""Wine in a TensorFlow 1 session with a rate that should halve every second step."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

KIND = "result"
CAUSE = "minimize is not given global_step, so the step stays at zero and the learning rate never decays"
LINE = "return optimizer.minimize(loss)"

v1 = tf.compat.v1


def DATA():
    x, y = load_wine(return_X_y=True)
    mix = np.random.RandomState(115).permutation(len(y))
    x, y = StandardScaler().fit_transform(x)[mix].astype("float32"), y[mix].astype("int32")
    return x[:150], y[:150], x[150:], y[150:]


FIT = {"batch_size": 30}


def reference():
    halving = keras.optimizers.schedules.ExponentialDecay(0.4, 2, 0.5, staircase=True)
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(halving), loss="sparse_categorical_crossentropy")
    return model


class Session:
    def __init__(self):
        with tf.Graph().as_default() as graph:
            self.wine = v1.placeholder(tf.float32, (None, 13), name="wine")
            self.kind = v1.placeholder(tf.int32, (None,), name="kind")
            with v1.variable_scope("readout"):
                w = v1.get_variable("w", (13, 3), initializer=v1.random_normal_initializer(stddev=0.2, seed=2))
                b = v1.get_variable("b", (3,), initializer=v1.zeros_initializer())
            self.variables = [w, b]
            logits = v1.matmul(self.wine, w) + b
            self.share = tf.nn.softmax(logits)
            self.loss = v1.losses.sparse_softmax_cross_entropy(labels=self.kind, logits=logits)
            self.update = self.make_update(self.loss, v1.train.get_or_create_global_step())
            self.session = v1.Session(graph=graph)
            self.session.run(v1.global_variables_initializer())

    def make_update(self, loss, step):
        rate = v1.train.exponential_decay(0.4, step, 2, 0.5, staircase=True)
        optimizer = v1.train.GradientDescentOptimizer(rate)
        return optimizer.minimize(loss)

    def train_step(self, x, y):
        _, loss = self.session.run([self.update, self.loss], {self.wine: x, self.kind: y})
        return loss

    def predict(self, x):
        return self.session.run(self.share, {self.wine: x})


class WoundSession(Session):
    def make_update(self, loss, step):
        rate = v1.train.exponential_decay(0.4, step, 2, 0.5, staircase=True)
        return v1.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step)


def loop():
    return Session()


def fixed():
    return WoundSession()
