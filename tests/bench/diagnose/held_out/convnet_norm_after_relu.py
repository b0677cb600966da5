"""conv / batch norm / relu blocks. The same layers, the same weights, and still another loss at step one?"""
import tensorflow as tf
import keras
from keras.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input, ReLU
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the block normalises after the rectifier; the reference normalises before it"
LINE = "return bn(tf.nn.relu(conv(t)), training=training)"
FIT = {"batch_size": 40}

filters = [6, 12]


def DATA():
    X, y = load_digits(return_X_y=True)
    X = X.astype("float32").reshape(-1, 8, 8, 1) / 16
    return X[:200], y[:200], X[200:260], y[200:260]


def reference():
    t = image = Input((8, 8, 1))
    for n in filters:
        t = Conv2D(n, 3, strides=2, padding="same", use_bias=False)(t)
        t = BatchNormalization(momentum=0.8)(t)
        t = ReLU()(t)
    t = GlobalAveragePooling2D()(t)
    t = Dense(10)(t)
    model = keras.Model(image, t)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
    )
    return model


class Blocks:
    def __init__(self):
        self.blocks, depth = [], 1
        self.variables = []
        for n in filters:
            conv = Conv2D(n, 3, strides=2, padding="same", use_bias=False)
            bn = BatchNormalization(momentum=0.8)
            conv.build((None, None, None, depth))
            bn.build((None, None, None, n))
            self.blocks.append((conv, bn))
            self.variables += conv.weights + bn.weights
            depth = n
        self.head = Dense(10)
        self.head.build((None, depth))
        self.variables += self.head.weights
        self.trainable = [v for v in self.variables if v.trainable]
        self.sgd = keras.optimizers.SGD(0.1, momentum=0.9)

    def block(self, t, conv, bn, training):
        return bn(tf.nn.relu(conv(t)), training=training)

    def forward(self, t, training):
        for conv, bn in self.blocks:
            t = self.block(t, conv, bn, training)
        return self.head(tf.reduce_mean(t, axis=(1, 2)))

    @tf.function(reduce_retracing=True)
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.forward(x, True)
            cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        self.sgd.apply(tape.gradient(cost, self.trainable), self.trainable)
        return cost

    def predict(self, x):
        return self.forward(x, False).numpy()


class BlocksAsInThePaper(Blocks):
    def block(self, t, conv, bn, training):
        return tf.nn.relu(bn(conv(t), training=training))


def loop():
    return Blocks()


def fixed():
    return BlocksAsInThePaper()
