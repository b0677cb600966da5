# two-layer net, cross entropy "from the formula"
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the cross entropy is averaged over the ten classes as well as over the batch, so it is ten times too small"
LINE = "return -tf.reduce_mean(y * tf.math.log(p))"

cfg = {"hidden": 20, "classes": 10, "lr": 0.2, "seed": 3}


def DATA():
    x, y = load_digits(return_X_y=True)
    x = x.astype("float32")[:300] / 16
    y = keras.utils.to_categorical(y[:300], 10).astype("float32")
    return x[:240], y[:240], x[240:], y[240:]


def reference():
    net = keras.Sequential([
        keras.layers.Input((64,)),
        keras.layers.Dense(cfg["hidden"], activation="relu"),
        keras.layers.Dense(cfg["classes"], activation="softmax"),
    ])
    net.compile("sgd", "categorical_crossentropy")
    net.optimizer.learning_rate = cfg["lr"]
    return net


def init_params():
    g = keras.initializers.GlorotUniform(seed=cfg["seed"])
    return {
        "W1": tf.Variable(g((64, cfg["hidden"]))),
        "b1": tf.Variable(tf.zeros(cfg["hidden"])),
        "W2": tf.Variable(g((cfg["hidden"], cfg["classes"]))),
        "b2": tf.Variable(tf.zeros(cfg["classes"])),
    }


def net(params, x):
    h = tf.nn.relu(x @ params["W1"] + params["b1"])
    return tf.nn.softmax(h @ params["W2"] + params["b2"])


def cross_entropy(y, p):
    return -tf.reduce_mean(y * tf.math.log(p))


def cross_entropy_per_image(y, p):
    return -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(p), axis=1))


class Trainer:
    def __init__(self, loss):
        self.params = init_params()
        self.loss = loss
        self.variables = list(self.params.values())

    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            value = self.loss(y, net(self.params, x))
        grads = tape.gradient(value, self.params)
        for key, grad in grads.items():
            self.params[key].assign_sub(cfg["lr"] * grad)
        return value

    def predict(self, x):
        return net(self.params, x).numpy()


def loop():
    return Trainer(cross_entropy)


def fixed():
    return Trainer(cross_entropy_per_image)
