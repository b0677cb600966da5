# legacy TF1 training script, still in production; the keras port gives slightly other weights
import keras
import tensorflow.compat.v1 as tf
import tensorflow as tf2
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the decayed rate falls in stairs (staircase=True), the Keras schedule falls at every step"
LINE = "return tf.train.exponential_decay(0.4, step, 4, 0.5, staircase=True)"


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x[:300] / 16).astype("float32")
    y = y[:300].astype("int32")
    return x[:240], y[:240], x[240:], y[240:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)])
    lr = keras.optimizers.schedules.ExponentialDecay(0.4, decay_steps=4, decay_rate=0.5)
    model.compile(keras.optimizers.SGD(lr), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class Graph:
    def __init__(self):
        g = tf2.Graph()
        with g.as_default(), tf.variable_scope("mlp"):
            self.images = tf.placeholder(tf.float32, (None, 64), "images")
            self.labels = tf.placeholder(tf.int32, (None,), "labels")
            hidden = tf.nn.relu(self.dense(self.images, 64, 32, "hidden"))
            self.logits = self.dense(hidden, 32, 10, "logits")
            self.xent = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.labels, logits=self.logits))
            step = tf.train.get_or_create_global_step()
            sgd = tf.train.GradientDescentOptimizer(self.rate(step))
            self.train_op = sgd.minimize(self.xent, global_step=step)
            self.variables = tf.trainable_variables()
            init = tf.global_variables_initializer()
        self.session = tf.Session(graph=g)
        self.session.run(init)

    def rate(self, step):
        return tf.train.exponential_decay(0.4, step, 4, 0.5, staircase=True)

    def dense(self, x, n_in, n_out, scope):
        with tf.variable_scope(scope):
            w = tf.get_variable("w", [n_in, n_out], initializer=tf.glorot_uniform_initializer(seed=9))
            b = tf.get_variable("b", [n_out], initializer=tf.zeros_initializer())
        return tf.matmul(x, w) + b

    def train_step(self, x, y):
        _, xent = self.session.run([self.train_op, self.xent], feed_dict={self.images: x, self.labels: y})
        return xent

    def predict(self, x):
        return self.session.run(self.logits, feed_dict={self.images: x})


class SmoothGraph(Graph):
    def rate(self, step):
        return tf.train.exponential_decay(0.4, step, 4, 0.5)


def loop():
    return Graph()


def fixed():
    return SmoothGraph()
