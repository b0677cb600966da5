"""A new head on a borrowed feature extractor with batch normalisation."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the borrowed base runs in training mode: its batch statistics are used and its moving averages drift"
LINE = "features = self.base(images, training=training)"


def DATA():
    x, y = load_digits(n_class=5, return_X_y=True)
    deal = np.random.RandomState(108).permutation(len(x))
    x, y = x[deal].astype("float32").reshape(-1, 8, 8, 1) / 16, y[deal].astype("int32")
    return x[:700], y[:700], x[700:], y[700:]


def borrowed_base():
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(6, 3, strides=2, activation="relu", kernel_initializer=keras.initializers.HeNormal(3)),
        keras.layers.BatchNormalization(),
        keras.layers.GlobalMaxPooling2D(),
    ])


def reference():
    base = borrowed_base()
    base.trainable = False
    images = keras.Input((8, 8, 1))
    features = keras.layers.Dropout(0.2, seed=18)(base(images, training=False))
    scores = keras.layers.Dense(5)(features)
    model = keras.Model(images, scores)
    model.compile(keras.optimizers.RMSprop(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class NewHead:
    def __init__(self):
        self.base, self.head = borrowed_base(), keras.layers.Dense(5)
        self.head.build((None, 6))
        self.drop = keras.layers.Dropout(0.2, seed=18)
        self.rms = keras.optimizers.RMSprop(0.01)
        self.variables = self.base.weights + self.head.weights

    def scores(self, images, training):
        features = self.base(images, training=training)
        return self.head(self.drop(features, training=training))

    @tf.function
    def train_step(self, images, labels):
        with tf.GradientTape() as tape:
            logits = self.scores(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        # the base is frozen: only the head learns
        self.rms.apply(tape.gradient(loss, self.head.trainable_variables), self.head.trainable_variables)
        return loss

    def predict(self, images):
        return self.scores(images, training=False).numpy()


class NewHeadOnly(NewHead):
    def scores(self, images, training):
        return self.head(self.drop(self.base(images, training=False), training=training))


def loop():
    return NewHead()


def fixed():
    return NewHeadOnly()
