"""softmax regression on the 8x8 digits, keras vs plain tf"""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the one-hot targets are built from label - 1: each digit teaches its lower neighbour, and zero teaches nothing"
LINE = "onehot = tf.one_hot(labels - 1, depth=10)"

n_features = 64
n_classes = 10
lr = 0.5


def DATA():
    digits = load_digits()
    x = (digits.data[:300] / 16.0).astype("float32")
    y = digits.target[:300].astype("int32")
    return x[:224], y[:224], x[224:], y[224:]


def reference():
    m = keras.Sequential()
    m.add(keras.Input(shape=(n_features,)))
    m.add(keras.layers.Dense(n_classes, activation="softmax"))
    m.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(learning_rate=lr), metrics=["accuracy"])
    return m


class Perceptron(tf.Module):
    def __init__(self):
        super().__init__()
        self.W = tf.Variable(keras.initializers.GlorotUniform(seed=0)((n_features, n_classes)), name="W")
        self.b = tf.Variable(tf.zeros([n_classes]), name="b")

    @property
    def variables(self):
        return [self.W, self.b]

    def logits(self, x):
        return tf.matmul(x, self.W) + self.b

    def cost(self, logits, labels):
        onehot = tf.one_hot(labels - 1, depth=10)
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=onehot, logits=logits))

    @tf.function
    def train_step(self, x, labels):
        with tf.GradientTape() as t:
            cost = self.cost(self.logits(x), labels)
        dW, db = t.gradient(cost, [self.W, self.b])
        self.W.assign_sub(lr * dW)
        self.b.assign_sub(lr * db)
        return cost

    def predict(self, x):
        return tf.nn.softmax(self.logits(tf.convert_to_tensor(x))).numpy()


class PerceptronFromZero(Perceptron):
    def cost(self, logits, labels):
        onehot = tf.one_hot(labels, depth=10)
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=onehot, logits=logits))


def loop():
    return Perceptron()


def fixed():
    return PerceptronFromZero()
