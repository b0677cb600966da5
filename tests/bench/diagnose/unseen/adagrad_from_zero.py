"""Tumour scores with Adagrad, each parameter with its own running sum."""
import keras
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

KIND = "result"
CAUSE = "the sums of squared gradients start at zero; the reference's Adagrad starts its accumulators at 0.1"
LINE = "sums = [tf.Variable(tf.zeros_like(p)) for p in params]"
FIT = {"batch_size": 40}


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    x, y = scale(x).astype("float32"), y.reshape(-1, 1).astype("float32")
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    inputs = keras.Input((30,))
    hidden = keras.layers.Dense(12, activation="elu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(optimizer=keras.optimizers.Adagrad(learning_rate=0.05), loss="binary_crossentropy")
    return model


def initial_sums(params):
    sums = [tf.Variable(tf.zeros_like(p)) for p in params]
    return sums


def keras_sums(params):
    return [tf.Variable(tf.fill(p.shape, 0.1)) for p in params]


class TumourScore:
    def __init__(self, sums_of=initial_sums):
        glorot = keras.initializers.GlorotUniform(seed=21)
        w, v = tf.Variable(glorot((30, 12))), tf.Variable(glorot((12, 1)))
        self.variables = [w, tf.Variable(tf.zeros([12])), v, tf.Variable(tf.zeros([1]))]
        self.sums = sums_of(self.variables)

    def logit(self, x):
        w, b, v, c = self.variables
        return tf.nn.elu(x @ w + b) @ v + c

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=self.logit(x)))
        grads = tape.gradient(loss, self.variables)
        for p, total, g in zip(self.variables, self.sums, grads):
            total.assign_add(g * g)
            p.assign_sub(0.05 * g / tf.sqrt(total + 1e-7))
        return loss

    def predict(self, x):
        return tf.sigmoid(self.logit(x)).numpy()


def loop():
    return TumourScore()


def fixed():
    return TumourScore(keras_sums)
