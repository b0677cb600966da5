"""Convolutional autoencoder, decoder with upsampling instead of transposed convolutions."""
import keras
import tensorflow as tf
from keras import layers as L
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "tf.image.resize interpolates bilinearly by default; UpSampling2D repeats the nearest pixel"
LINE = "maps = tf.image.resize(maps, [8, 8])"

HP = dict(filters=5, lr=2.0, noise=0.0)


def DATA():
    x = load_digits().images[..., None].astype("float32")[:270] / 16.0
    return x[:210], x[:210], x[210:], x[210:]


def reference():
    m = keras.Sequential([
        L.Input((8, 8, 1)),
        L.Conv2D(HP["filters"], 3, strides=2, padding="same", activation="tanh"),
        L.UpSampling2D(2),
        L.Conv2D(1, 3, padding="same", activation="sigmoid"),
    ])
    m.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(HP["lr"]))
    return m


class Encoder(L.Layer):
    def __init__(self):
        super().__init__()
        self.conv = L.Conv2D(HP["filters"], 3, strides=2, padding="same", activation="tanh")

    def build(self, shape):
        self.conv.build(shape)

    def call(self, x):
        return self.conv(x)


class Decoder(L.Layer):
    def __init__(self):
        super().__init__()
        self.conv = L.Conv2D(1, 3, padding="same", activation="sigmoid")

    def build(self, shape):
        self.conv.build(shape)

    def call(self, maps):
        maps = tf.image.resize(maps, [8, 8])
        return self.conv(maps)


class NearestDecoder(Decoder):
    def call(self, maps):
        return self.conv(tf.image.resize(maps, [8, 8], method="nearest"))


class AutoEncoder:
    def __init__(self, decoder):
        self.encoder, self.decoder = Encoder(), decoder
        self.encoder.build((None, 8, 8, 1))
        self.decoder.build((None, 8, 8, HP["filters"]))
        self.variables = self.encoder.weights + self.decoder.weights

    def __call__(self, x):
        return self.decoder(self.encoder(x))

    @tf.function
    def train_step(self, x, target):
        with tf.GradientTape() as tape:
            err = tf.reduce_mean(tf.math.squared_difference(self(x), target))
        for v, g in zip(self.variables, tape.gradient(err, self.variables)):
            v.assign(v - HP["lr"] * g)
        return err

    def predict(self, x):
        return self(x).numpy()


def loop():
    return AutoEncoder(Decoder())


def fixed():
    return AutoEncoder(NearestDecoder())
