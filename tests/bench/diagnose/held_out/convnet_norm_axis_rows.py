import keras
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "batch normalisation on axis 1 (channels first) of maps whose channels are last: it normalises rows"
LINE = "self.norm = layers.BatchNormalization(axis=1, momentum=0.9)"


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x / 16.0).reshape(-1, 8, 8, 1).astype("float32")
    return x[:192], y[:192], x[192:256], y[192:256]


def reference():
    model = keras.Sequential()
    model.add(layers.InputLayer((8, 8, 1)))
    model.add(layers.Conv2D(6, 3, use_bias=False))  # 6 x 6 x 6
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


class CNN(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(6, 3, use_bias=False)
        self.make_norm()
        self.pool = layers.MaxPooling2D(2)
        self.flat = layers.Flatten()
        self.fc = layers.Dense(10, activation="softmax")

    def make_norm(self):
        self.norm = layers.BatchNormalization(axis=1, momentum=0.9)

    def call(self, x, training=False):
        x = self.norm(self.conv(x), training=training)
        x = self.pool(tf.nn.relu(x))
        return self.fc(self.flat(x))


class ChannelsLastCNN(CNN):
    def make_norm(self):
        self.norm = layers.BatchNormalization(axis=3, momentum=0.9)


class Fitter:
    """train_on_batch, because my data come from a generator"""

    def __init__(self, model):
        self.model = model
        model(tf.zeros((1, 8, 8, 1)))
        model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
        self.conv, self.norm, self.fc = model.conv, model.norm, model.fc
        self.variables = self.conv.weights + self.norm.weights + self.fc.weights

    def train_step(self, x, y):
        return self.model.train_on_batch(x, y)

    def predict(self, x):
        return self.model.predict_on_batch(x)


def loop():
    return Fitter(CNN())


def fixed():
    return Fitter(ChannelsLastCNN())
