"""Wide and deep on a small table, as a TensorFlow 1 graph with a session; lookups by one-hot products."""
import keras
import numpy as np
import tensorflow as tf

KIND = "none"
CAUSE = "none: one-hot times table is the lookup; v1 Nesterov momentum keeps its rate outside the slot"
LINE = None

v1 = tf.compat.v1
CITIES, NUMERIC = 7, 5


def DATA():
    rng = np.random.RandomState(30)
    city = rng.randint(0, CITIES, 300).astype("int32")
    table = rng.randn(300, NUMERIC).astype("float32")
    bought = (rng.randn(CITIES)[city] + table[:, 0] - table[:, 2] > 0).astype("float32")[:, None]
    return (city[:240], table[:240]), bought[:240], (city[240:], table[240:]), bought[240:]


def reference():
    city, table = keras.Input((), dtype="int32"), keras.Input((NUMERIC,))
    place = keras.layers.Embedding(CITIES, 3)(city)
    deep = keras.layers.Concatenate()([place, table])
    deep = keras.layers.Dense(10, activation="elu")(deep)
    deep = keras.layers.Dense(1)(deep)
    wide = keras.layers.Dense(1, use_bias=False)(table)
    chance = keras.layers.Activation("sigmoid")(keras.layers.Add()([wide, deep]))
    model = keras.Model([city, table], chance)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "binary_crossentropy")
    return model


class Session:
    def __init__(self):
        graph = tf.Graph()
        with graph.as_default():
            self.city, self.table = v1.placeholder(tf.int32, [None]), v1.placeholder(tf.float32, [None, NUMERIC])
            self.bought = v1.placeholder(tf.float32, [None, 1])
            draw = v1.random_uniform_initializer(-0.3, 0.3, seed=3)
            places = v1.get_variable("places", [CITIES, 3], initializer=draw)
            w1 = v1.get_variable("w1", [3 + NUMERIC, 10], initializer=draw)
            b1 = v1.get_variable("b1", [10], initializer=v1.zeros_initializer())
            w2 = v1.get_variable("w2", [10, 1], initializer=draw)
            b2 = v1.get_variable("b2", [1], initializer=v1.zeros_initializer())
            wide = v1.get_variable("wide", [NUMERIC, 1], initializer=draw)
            # the embedding's share of the first layer and the table's, added
            h = tf.one_hot(self.city, CITIES) @ places @ w1[:3] + self.table @ w1[3:]
            logit = tf.add_n([tf.nn.elu(h + b1) @ w2, self.table @ wide]) + b2
            self.chance = tf.sigmoid(logit)
            signs = 2.0 * self.bought - 1.0
            self.loss = tf.reduce_mean(tf.nn.softplus(-signs * logit))
            self.train = v1.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True).minimize(self.loss)
            self.variables = self.ordered(places, w1, b1, w2, b2, wide)
            start = v1.global_variables_initializer()
        self.session = v1.Session(graph=graph)
        self.session.run(start)

    def ordered(self, places, w1, b1, w2, b2, wide):
        return [places, w1, b1, wide, w2, b2]

    def feed(self, x, y=None):
        feed = {self.city: x[0], self.table: x[1]}
        return feed if y is None else {**feed, self.bought: y}

    def train_step(self, x, y):
        return self.session.run([self.loss, self.train], self.feed(x, y))[0]

    def predict(self, x):
        return self.session.run(self.chance, self.feed(x))


def loop():
    return Session()


def fixed():
    return Session()
