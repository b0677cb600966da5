"""A placeholder, a session and a shrinking readout: the sine of a hidden angle."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "nn.l2_loss is half the sum of squares, so the penalty is half of the reference's L2(0.05) and the momentum is the plain one; the reference's is Nesterov's"
CAUSES = ("nn.l2_loss is half the sum of squares, so the penalty is half of the reference's L2(0.05)",
         "the momentum is the plain one; the reference's is Nesterov's")
LINE = 'shrink = 0.05 * (tf.nn.l2_loss(p.w1) + tf.nn.l2_loss(p.w2))'
LINES = ("shrink = 0.05 * (tf.nn.l2_loss(p.w1) + tf.nn.l2_loss(p.w2))",
        "return one.train.MomentumOptimizer(learning_rate=0.1, momentum=0.85)")

one = tf.compat.v1


def DATA():
    rng = np.random.default_rng(125)
    angle = rng.uniform(-3, 3, 500)
    mix = rng.normal(size=(2, 5))
    x = np.stack([np.cos(angle), np.sin(angle)], 1) @ mix + rng.normal(0, 0.05, (500, 5))
    x, y = x.astype("float32"), np.sin(2 * angle).astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    l2 = keras.regularizers.l2(0.05)
    model = keras.Sequential()
    model.add(keras.Input((5,)))
    model.add(keras.layers.Dense(10, activation="tanh", kernel_regularizer=l2))
    model.add(keras.layers.Dense(1, kernel_regularizer=l2))
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1, 0.85, nesterov=True))
    return model


class Parameters:
    def __init__(self):
        draw = one.truncated_normal_initializer(stddev=0.3, seed=25)
        self.w1, self.b1 = one.get_variable("w1", (5, 10), initializer=draw), one.get_variable("b1", initializer=tf.zeros([10]))
        self.w2, self.b2 = one.get_variable("w2", (10, 1), initializer=draw), one.get_variable("b2", initializer=tf.zeros([1]))

    def all(self):
        return [self.w1, self.b1, self.w2, self.b2]


def penalty(p):
    shrink = 0.05 * (tf.nn.l2_loss(p.w1) + tf.nn.l2_loss(p.w2))
    return shrink


def optimizer():
    return one.train.MomentumOptimizer(learning_rate=0.1, momentum=0.85)


class AngleSession:
    def __init__(self, penalty, optimizer):
        graph = tf.Graph()
        self.session = one.Session(graph=graph)
        with graph.as_default():
            p = Parameters()
            self.x, self.y = one.placeholder("float", [None, 5]), one.placeholder("float", [None, 1])
            self.guess = tf.tanh(self.x @ p.w1 + p.b1) @ p.w2 + p.b2
            self.loss = tf.reduce_mean(tf.square(self.guess - self.y)) + penalty(p)
            self.minimize = optimizer().minimize(self.loss)
            self.variables = p.all()
            self.session.run(one.global_variables_initializer())

    def train_step(self, x, y):
        return self.session.run([self.loss, self.minimize], feed_dict={self.x: x, self.y: y})[0]

    def predict(self, x):
        return self.session.run(self.guess, feed_dict={self.x: x})


def loop():
    return AngleSession(penalty, optimizer)


def fixed():
    return AngleSession(lambda p: 2 * penalty(p),
                        lambda: one.train.MomentumOptimizer(0.1, 0.85, use_nesterov=True))
