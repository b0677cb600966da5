"""The training curves are the same, yet the predictions of my own class are useless."""

import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "predict feeds raw pixels where training divides them by 16 (inside the reference's model)"
LINE = "return self.model(images, training=False).numpy()"

INPUT_SHAPE = (8, 8, 1)
NUM_CLASSES = 10


def DATA():
    data, target = load_digits(return_X_y=True)
    data = data.reshape(len(data), *INPUT_SHAPE).astype("float32")
    onehot = keras.utils.to_categorical(target, NUM_CLASSES)
    return data[300:540], onehot[300:540], data[540:600], onehot[540:600]


def get_layers():
    return [
        keras.layers.Conv2D(8, kernel_size=3, strides=2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(NUM_CLASSES, activation="softmax"),
    ]


def reference():
    inputs = keras.Input(INPUT_SHAPE)
    x = keras.layers.Rescaling(1.0 / 16)(inputs)
    for layer in get_layers():
        x = layer(x)
    model = keras.Model(inputs, x, name="digits")
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(1e-3))
    return model


class DigitClassifier:
    def __init__(self):
        self.model = keras.Sequential([keras.Input(INPUT_SHAPE)] + get_layers())
        self.optimizer = keras.optimizers.RMSprop(1e-3)
        self.loss_fn = keras.losses.CategoricalCrossentropy()

    @property
    def variables(self):
        return self.model.variables

    @staticmethod
    def scale(images):
        return tf.cast(images, tf.float32) / 16.0

    @tf.function
    def train_step(self, images, onehot):
        images = self.scale(images)
        with tf.GradientTape() as tape:
            probs = self.model(images, training=True)
            loss_value = self.loss_fn(onehot, probs)
        grads = tape.gradient(loss_value, self.model.trainable_weights)
        self.optimizer.apply(grads, self.model.trainable_weights)
        return loss_value

    def predict(self, images):
        return self.model(images, training=False).numpy()


class ScaledEverywhere(DigitClassifier):
    def predict(self, images):
        return self.model(self.scale(images), training=False).numpy()


def loop():
    return DigitClassifier()


def fixed():
    return ScaledEverywhere()
