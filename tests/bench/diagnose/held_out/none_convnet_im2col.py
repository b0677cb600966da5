"""The convolution as one matrix product over patches, pooling by a reshape: no conv op anywhere."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: patches times a matrix are the convolution, and a maximum over a reshaped axis is the pooling"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    x = x.reshape(-1, 8, 8, 1).astype("float32") / 16
    return x[:220], y[:220], x[220:290], y[220:290]


def reference():
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    return model


def im2col(images, size):
    return tf.image.extract_patches(images, [1, size, size, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")


def conv(images, kernel, bias):
    size, _, depth, filters = kernel.shape
    return tf.einsum("nhwk,kf->nhwf", im2col(images, size), tf.reshape(kernel, (-1, filters))) + bias


def max_pool(maps):
    n, h, w, c = maps.shape
    cells = tf.reshape(maps, (-1, h // 2, 2, w // 2, 2, c))
    return tf.reduce_max(cells, axis=(2, 4))


class MatrixConvNet:
    def __init__(self):
        he = keras.initializers.HeUniform(seed=6)
        shapes = [(3, 3, 1, 6), (6,), (3, 3, 6, 8), (8,), (32, 10), (10,)]
        self.variables = [tf.Variable(he(s) if len(s) > 1 else tf.zeros(s)) for s in shapes]
        self.velocity = [0.0 for _ in shapes]

    def scores(self, x):
        k1, b1, k2, b2, w, b = self.variables
        h = max_pool(tf.nn.relu(conv(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), k1, b1)))
        h = tf.nn.relu(conv(h, k2, b2))
        return tf.reshape(h, (h.shape[0], -1)) @ w + b

    def train_step(self, x, y):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            s = self.scores(x)
            right = tf.gather(s, y, axis=1, batch_dims=1)
            loss = tf.reduce_mean(tf.reduce_logsumexp(s, axis=1) - right)
        grads = tape.gradient(loss, self.variables)
        self.velocity = [0.9 * m + g for m, g in zip(self.velocity, grads)]
        for v, m in zip(self.variables, self.velocity):
            v.assign(v - 0.1 * m)
        return loss.numpy()

    def predict(self, x):
        return tf.nn.softmax(self.scores(tf.constant(x))).numpy()


def loop():
    return MatrixConvNet()


def fixed():
    return MatrixConvNet()
