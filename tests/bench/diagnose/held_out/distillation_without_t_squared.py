"""Knowledge distillation: a small student learns from the labels and from a teacher's logits.

y holds both: ten one-hot columns, then the ten logits of the teacher.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the soft loss is not multiplied by the square of the temperature"
LINE = "soft = tf.reduce_mean(keras.losses.kl_divergence(p_teacher, p_student))"

TEMPERATURE = 3.0
ALPHA = 0.3


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x[:300] / 16).astype("float32")
    onehot = np.eye(10)[y[:300]]
    centres = np.stack([x[y[:300] == k].mean(0) for k in range(10)])
    teacher = -2.0 * ((x[:, None] - centres) ** 2).sum(-1)
    y = np.concatenate([onehot, teacher], axis=1).astype("float32")
    return x[:240], y[:240], x[240:], y[240:]


class Distiller(keras.Model):
    def __init__(self, student):
        super().__init__()
        self.student = student

    def call(self, x, training=False):
        return self.student(x, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        hard = keras.losses.categorical_crossentropy(y[:, :10], y_pred, from_logits=True)
        p = keras.ops.softmax(y[:, 10:] / TEMPERATURE)
        q = keras.ops.softmax(y_pred / TEMPERATURE)
        soft = keras.losses.kl_divergence(p, q) * TEMPERATURE ** 2
        return keras.ops.mean(ALPHA * hard + (1 - ALPHA) * soft)


def make_student():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(14, activation="relu"), keras.layers.Dense(10)])


def reference():
    model = Distiller(make_student())
    model.build((None, 64))
    model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9))
    return model


class StudentTraining:
    def __init__(self):
        self.student = make_student()
        self.variables = self.student.weights
        self.optimizer = keras.optimizers.SGD(0.1, momentum=0.9)

    def soft_loss(self, p_teacher, p_student):
        soft = tf.reduce_mean(keras.losses.kl_divergence(p_teacher, p_student))
        return soft

    @tf.function
    def train_step(self, x, y):
        onehot, teacher = tf.split(y, 2, axis=1)
        p_teacher = tf.nn.softmax(teacher / TEMPERATURE, axis=1)
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            hard = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(onehot, logits))
            soft = self.soft_loss(p_teacher, tf.nn.softmax(logits / TEMPERATURE, axis=1))
            loss = ALPHA * hard + (1 - ALPHA) * soft
        grads = tape.gradient(loss, self.student.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.student.trainable_variables))
        return loss

    def predict(self, x):
        return self.student(x).numpy()


class StudentTrainingHinton(StudentTraining):
    def soft_loss(self, p_teacher, p_student):
        return TEMPERATURE ** 2 * tf.reduce_mean(keras.losses.kl_divergence(p_teacher, p_student))


def loop():
    return StudentTraining()


def fixed():
    return StudentTrainingHinton()
