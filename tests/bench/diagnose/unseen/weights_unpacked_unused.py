"""One in twelve is positive: class weights, and a Keras model with a train_step of its own."""
import keras
import tensorflow as tf
from sklearn.datasets import make_blobs

KIND = "result"
CAUSE = "the custom train_step unpacks the sample weights and does not hand them to the loss, so class_weight is lost"
LINE = "loss = self.compute_loss(x, y, answer)"

CLASS_WEIGHT = {0: 1.0, 1: 6.0}
FIT = {"batch_size": 64, "class_weight": CLASS_WEIGHT}


def DATA():
    x, y = make_blobs([550, 50], n_features=6, centers=[[0] * 6, [0.7] * 6], random_state=120)
    x, y = x.astype("float32"), y.astype("float32")[:, None]
    return x[:448], y[:448], x[448:], y[448:]


def graph():
    features = keras.Input((6,))
    h = keras.layers.Dense(10, activation="relu")(features)
    return features, keras.layers.Dense(1, activation="sigmoid")(h)


def prepared(model):
    model.compile(optimizer=keras.optimizers.SGD(0.2), loss="binary_crossentropy")
    return model


def reference():
    return prepared(keras.Model(*graph()))


class OwnStep(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            answer = self(x, training=True)
            loss = self.compute_loss(x, y, answer)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        return {"loss": loss}


class OwnWeightedStep(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True), sample_weight)
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"loss": loss}


class Program:
    def __init__(self, kind):
        self.model = prepared(kind(*graph()))
        self.variables = self.model.weights

    def train_step(self, x, y):
        return self.model.train_on_batch(x, y, class_weight=CLASS_WEIGHT)

    def predict(self, x):
        return self.model.predict(x, verbose=0)


def loop():
    return Program(OwnStep)


def fixed():
    return Program(OwnWeightedStep)
