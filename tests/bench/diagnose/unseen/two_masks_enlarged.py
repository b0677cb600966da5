"""Bars in small images: a coarse map is enlarged to a mask, and the few bar pixels weigh more."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = 'the coarse map is enlarged by repeating its pixels; the reference interpolates between them and the heavier weight falls on the background pixels; the reference gives it to the bar'
CAUSES = ("the coarse map is enlarged by repeating its pixels; the reference interpolates between them",
         "the heavier weight falls on the background pixels; the reference gives it to the bar")
LINE = 'return tf.image.resize(coarse, (10, 10), method="nearest")'
LINES = ('return tf.image.resize(coarse, (10, 10), method="nearest")',
        "weight = 1.0 + (HEAVY - 1.0) * (1.0 - bar)")

HEAVY = 5.0


def DATA():
    rng = np.random.RandomState(126)
    bar = np.zeros((300, 10, 10, 1), "float32")
    for picture, row, height in zip(bar, rng.randint(1, 8, 300), rng.randint(1, 3, 300)):
        picture[row:row + height, 1:9] = 1
    image = (bar + rng.normal(0, 0.4, bar.shape)).astype("float32")
    return image[:240], bar[:240], image[240:], bar[240:]


def heavy_bar(bar, p):
    p = keras.ops.clip(p, 1e-6, 1 - 1e-6)
    return -(HEAVY * bar * keras.ops.log(p) + (1 - bar) * keras.ops.log(1 - p))


def reference():
    model = keras.Sequential([
        keras.Input((10, 10, 1)),
        keras.layers.Conv2D(6, 4, strides=2, padding="same", activation="relu"),
        keras.layers.UpSampling2D(2, interpolation="bilinear"),
        keras.layers.Conv2D(1, 1, activation="sigmoid"),
    ])
    model.compile(keras.optimizers.SGD(0.2), loss=heavy_bar)
    return model


class Bars(tf.Module):
    def __init__(self):
        super().__init__("bars")
        self.down = keras.layers.Conv2D(6, 4, strides=2, padding="same", activation="relu")
        self.out = keras.layers.Conv2D(1, 1, activation="sigmoid")
        self.down.build((None, 10, 10, 1))
        self.out.build((None, 10, 10, 6))
        self.rate = tf.constant(0.2)

    @property
    def variables(self):
        return [w.value for layer in (self.down, self.out) for w in layer.trainable_variables]

    def enlarge(self, coarse):
        return tf.image.resize(coarse, (10, 10), method="nearest")

    def weigh(self, bar):
        weight = 1.0 + (HEAVY - 1.0) * (1.0 - bar)
        return weight

    def mask(self, image):
        return self.out(self.enlarge(self.down(image)))

    @tf.function
    def train_step(self, image, bar):
        with tf.GradientTape() as tape:
            p = tf.clip_by_value(self.mask(image), 1e-6, 1 - 1e-6)
            right = tf.where(bar > 0.5, p, 1 - p)
            loss = -tf.reduce_mean(self.weigh(bar) * tf.math.log(right))
        for v, slope in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(self.rate * slope)
        return loss

    def predict(self, image):
        return self.mask(image).numpy()


class SmoothBars(Bars):
    def enlarge(self, coarse):
        return tf.image.resize(coarse, (10, 10), method="bilinear")

    def weigh(self, bar):
        return 1.0 + (HEAVY - 1.0) * bar


def loop():
    return Bars()


def fixed():
    return SmoothBars()
