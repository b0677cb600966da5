# features of unit length, then a classifier, trained by RMSprop "as in torch"
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "l2_normalize without an axis divides by the norm of the whole batch; and RMSprop's rho is torch's 0.99, not 0.9"
CAUSES = [
    "l2_normalize without an axis divides by the norm of the whole batch, not of each row",
    "the running mean of squares uses torch's 0.99, Keras's RMSprop uses rho = 0.9",
]
LINES = ["features = tf.math.l2_normalize(features)", "new = 0.99 * square + 0.01 * g ** 2"]
LINE = "features = tf.math.l2_normalize(features)"


def DATA():
    x, y = load_digits(return_X_y=True)
    x, y = x[800:1100] / 16, y[800:1100]
    x = x.astype("float32")
    return x[:240], y[:240], x[240:], y[240:]


def reference():
    model = keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.UnitNormalization(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="sparse_categorical_crossentropy")
    return model


class TorchRMSprop:
    lr, eps = 0.01, 1e-7

    def __init__(self, params):
        self.params = params
        self.squares = [tf.Variable(tf.zeros(p.shape)) for p in params]

    def mean_square(self, square, g):
        new = 0.99 * square + 0.01 * g ** 2
        return new

    def step(self, grads):
        for p, s, g in zip(self.params, self.squares, grads):
            s.assign(self.mean_square(s, g))
            p.assign_sub(self.lr * g / tf.sqrt(s + self.eps))


class KerasRMSprop(TorchRMSprop):
    def mean_square(self, square, g):
        return 0.9 * square + 0.1 * g ** 2


class UnitNet:
    def __init__(self, optimizer):
        uniform = keras.initializers.GlorotUniform(2)
        self.variables = [tf.Variable(uniform((64, 16))), tf.Variable(tf.zeros(16)),
                          tf.Variable(uniform((16, 10))), tf.Variable(tf.zeros(10))]
        self.optimizer = optimizer(self.variables)

    def unit(self, features):
        features = tf.math.l2_normalize(features)
        return features

    def logits(self, x):
        w1, b1, w2, b2 = self.variables
        return self.unit(tf.tanh(x @ w1 + b1)) @ w2 + b2

    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.logits(x)))
        self.optimizer.step(tape.gradient(loss, self.variables))
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.logits(x)).numpy()


class RowUnitNet(UnitNet):
    def unit(self, features):
        return tf.math.l2_normalize(features, axis=1)


def loop():
    return UnitNet(TorchRMSprop)


def fixed():
    return RowUnitNet(KerasRMSprop)


def alone():
    return [UnitNet(KerasRMSprop), RowUnitNet(TorchRMSprop)]
