import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the rectifier of the hidden layers is applied to the logits too"
LINE = "h = tf.nn.relu(tf.nn.bias_add(tf.matmul(h, w), b))"
FIT = {"batch_size": 50, "epochs": 2}

SIZES = [64, 30, 20, 10]
LR, BATCH = 0.1, 50


def DATA():
    X, Y = load_digits(return_X_y=True)
    X, Y = (X / 8 - 1).astype("float32"), Y.astype("int64")
    return X[:250], Y[:250], X[250:300], Y[250:300]


def reference():
    inp = out = keras.Input((SIZES[0],))
    for units in SIZES[1:-1]:
        out = keras.layers.Dense(units, "relu")(out)
    out = keras.layers.Dense(SIZES[-1], "linear")(out)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.SGD(LR),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


# --- model.py -------------------------------------------------------------------------
class MLP(tf.Module):
    def __init__(self, sizes=SIZES):
        self.weights, self.biases = [], []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            limit = (6.0 / (a + b)) ** 0.5
            self.weights.append(tf.Variable(tf.random.stateless_uniform((a, b), (7, i), -limit, limit)))
            self.biases.append(tf.Variable(tf.zeros(b)))

    def params(self):
        return [v for pair in zip(self.weights, self.biases) for v in pair]

    def __call__(self, x):
        h = x
        for w, b in zip(self.weights, self.biases):
            h = tf.nn.relu(tf.nn.bias_add(tf.matmul(h, w), b))
        return h


class MLPLinearTop(MLP):
    def __call__(self, x):
        h = x
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            h = tf.nn.relu(tf.matmul(h, w) + b)
        return tf.nn.bias_add(tf.matmul(h, self.weights[-1]), self.biases[-1])


# --- train.py -------------------------------------------------------------------------
class Experiment:
    def __init__(self, net):
        self.net = net
        self.variables = net.params()

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.net(x))
            loss = tf.reduce_mean(ce)
        grads = tape.gradient(loss, self.variables)
        for v, g in zip(self.variables, grads):
            v.assign_sub(LR * g)
        return loss

    def fit(self, x, y, epochs=1, batch_size=BATCH):
        data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
        return [self.train_step(xb, yb) for _ in range(epochs) for xb, yb in data]

    def predict(self, x):
        return self.net(x).numpy()


def loop():
    return Experiment(MLP())


def fixed():
    return Experiment(MLPLinearTop())
