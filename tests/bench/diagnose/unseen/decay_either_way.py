"""Plain descent with shrinking weights: here the shrinking is in the loss."""
import keras
import tensorflow as tf
from sklearn.datasets import make_friedman3

KIND = "none"
CAUSE = "none: under plain SGD half the squared norm in the loss is the optimizer's weight_decay, biases included"
LINE = None
FIT = {"batch_size": 30, "epochs": 2}


def DATA():
    x, y = make_friedman3(330, noise=0.05, random_state=135)
    x, y = ((x - x.mean(0)) / x.std(0)).astype("float32"), y.astype("float32").reshape(-1, 1)
    return x[:250], y[:250], x[250:], y[250:]


def net():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(12, "relu"), keras.layers.Dense(1)])


def reference():
    model = net()
    model.compile(optimizer=keras.optimizers.SGD(0.05, weight_decay=0.1), loss="mean_squared_error")
    return model


class Ridge:
    def __init__(self):
        self.net = net()
        self.variables = self.net.weights
        self.sgd = keras.optimizers.SGD(0.05)

    def objective(self, x, y):
        misfit = tf.reduce_mean(tf.square(y - self.net(x, training=True)))
        norm = sum(tf.nn.l2_loss(v) for v in self.net.trainable_variables)
        return misfit + 0.1 * norm

    @tf.function(reduce_retracing=True)
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.objective(x, y)
        self.sgd.apply(tape.gradient(loss, self.net.trainable_variables), self.net.trainable_variables)
        return loss

    def fit(self, x, y, epochs, batch_size):
        data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size).repeat(epochs)
        for x_part, y_part in data.prefetch(2):
            self.train_step(x_part, y_part)

    def predict(self, x):
        return self.net(x).numpy()


def loop():
    return Ridge()


def fixed():
    return Ridge()
