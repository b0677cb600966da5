"""A denoising autoencoder with a warm-up of its learning rate."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the pixels' cross-entropies are summed in each image; the reference takes their mean and the warm-up is read one step late: the first update already uses the rate of the second and predict gives logits; the reference's output is the sigmoid of them"
CAUSES = ("the pixels' cross-entropies are summed in each image; the reference takes their mean",
         "the warm-up is read one step late: the first update already uses the rate of the second",
         "predict gives logits; the reference's output is the sigmoid of them")
LINE = 'per_image = tf.reduce_sum(pixels, axis=1)'
LINES = ("per_image = tf.reduce_sum(pixels, axis=1)",
        "return self.warmup(self.steps + 1)",
        "return self.reconstruct(noisy).numpy()")


@keras.saving.register_keras_serializable()
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """The rate rises in a straight line for eight steps, then stays."""

    def __init__(self, top=0.5):
        self.top = top

    def __call__(self, step):
        return self.top * keras.ops.minimum(1.0, (keras.ops.cast(step, "float32") + 1) / 8)

    def get_config(self):
        return {"top": self.top}


def DATA():
    clean = load_digits().data.astype("float32") / 16
    noisy = clean + np.random.RandomState(129).normal(0, 0.2, clean.shape).astype("float32")
    return noisy[:1600], clean[:1600], noisy[1600:], clean[1600:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(64, "sigmoid")])
    model.compile(keras.optimizers.SGD(Warmup()), loss="binary_crossentropy")
    return model


class Denoiser:
    def __init__(self):
        self.coder, self.decoder = keras.layers.Dense(16, "relu"), keras.layers.Dense(64)
        self.coder.build((None, 64))
        self.decoder.build((None, 16))
        self.variables = self.coder.weights + self.decoder.weights
        self.warmup, self.steps = Warmup(), tf.Variable(0, dtype=tf.int64)

    def reconstruct(self, noisy):
        return self.decoder(self.coder(noisy))

    def rate(self):
        return self.warmup(self.steps + 1)

    def misfit(self, clean, logits):
        pixels = tf.nn.sigmoid_cross_entropy_with_logits(labels=clean, logits=logits)
        per_image = tf.reduce_sum(pixels, axis=1)
        return tf.reduce_mean(per_image)

    @tf.function
    def train_step(self, noisy, clean):
        with tf.GradientTape() as tape:
            loss = self.misfit(clean, self.reconstruct(noisy))
        rate = self.rate()
        for weight, slope in zip(self.variables, tape.gradient(loss, self.variables)):
            weight.assign_sub(rate * slope)
        self.steps.assign_add(1)
        return loss

    def predict(self, noisy):
        return self.reconstruct(noisy).numpy()


class TunedDenoiser(Denoiser):
    def rate(self):
        return self.warmup(self.steps)

    def misfit(self, clean, logits):
        return super().misfit(clean, logits) / 64

    def predict(self, noisy):
        return tf.sigmoid(super().predict(noisy)).numpy()


def loop():
    return Denoiser()


def fixed():
    return TunedDenoiser()
