"""Two questions to one patient record: two inputs meet, two numbers leave."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the two heads' loss weights change places: progression gets 0.2 and blood sugar 0.8"
LINE = "return 0.2 * errors[0] + 0.8 * errors[1]"


def DATA():
    x, progression = load_diabetes(return_X_y=True)
    x = x / x.std(0)
    targets = np.stack([(progression - 152) / 77, x[:, 9]], axis=1).astype("float32")
    x = np.delete(x, 9, axis=1).astype("float32")
    return x[:350], targets[:350], x[350:], targets[350:]


class Patient(keras.Model):
    """Body measures and blood values come in together and are taken apart here."""

    def __init__(self):
        super().__init__()
        self.body = keras.layers.Dense(6, activation="tanh")
        self.blood = keras.layers.Dense(8, activation="tanh")
        self.progression = keras.layers.Dense(1)
        self.sugar = keras.layers.Dense(1)

    def call(self, record):
        seen = keras.ops.concatenate([self.body(record[:, :4]), self.blood(record[:, 4:])], axis=-1)
        return keras.ops.concatenate([self.progression(seen), self.sugar(seen)], axis=-1)


def built():
    patient = Patient()
    patient(np.zeros((1, 9), "float32"))
    return patient


def weighted(targets, answers):
    return keras.ops.sum(keras.ops.square(targets - answers) * np.float32([0.8, 0.2]), axis=-1)


def reference():
    patient = built()
    patient.compile(loss=weighted, optimizer=keras.optimizers.SGD(0.05, nesterov=True, momentum=0.8))
    return patient


def combined(errors):
    return 0.2 * errors[0] + 0.8 * errors[1]


def in_order(errors):
    return 0.8 * errors[0] + 0.2 * errors[1]


class Loop:
    def __init__(self, combine):
        self.patient, self.combine = built(), combine
        self.variables = self.patient.weights
        self.sgd = keras.optimizers.SGD(0.05, nesterov=True, momentum=0.8)

    def loss(self, record, targets):
        answers = self.patient(record, training=True)
        errors = [keras.losses.MeanSquaredError()(targets[:, k], answers[:, k]) for k in range(2)]
        return self.combine(errors)

    @tf.function
    def train_step(self, record, targets):
        with tf.GradientTape() as tape:
            loss = self.loss(record, targets)
        trainable = self.patient.trainable_variables
        self.sgd.apply_gradients(zip(tape.gradient(loss, trainable), trainable))
        return loss

    def predict(self, record):
        return np.array(self.patient(record))


def loop():
    return Loop(combined)


def fixed():
    return Loop(in_order)
