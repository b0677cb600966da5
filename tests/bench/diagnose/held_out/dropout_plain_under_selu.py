import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "plain dropout follows the selu layer where the reference has AlphaDropout, which keeps mean and variance"
LINE = "self.regularise = keras.layers.Dropout(RATE, seed=SEED)"

RATE, SEED = 0.25, 77


def DATA():
    x, y = load_digits(return_X_y=True)
    x = ((x - 5.0) / 6.0).astype("float32")
    return x[:240], y[:240].astype("int32"), x[240:300], y[240:300].astype("int32")


def reference():
    model = keras.Sequential(name="self_normalising")
    model.add(keras.Input((64,)))
    model.add(keras.layers.Dense(30, activation="selu", kernel_initializer="lecun_normal"))
    model.add(keras.layers.AlphaDropout(RATE, seed=SEED))
    model.add(keras.layers.Dense(10, kernel_initializer="lecun_normal"))
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.SGD(0.05))
    return model


class SNN(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(30, activation="selu", kernel_initializer="lecun_normal")
        self.out = keras.layers.Dense(10, kernel_initializer="lecun_normal")
        self.add_regulariser()

    def add_regulariser(self):
        self.regularise = keras.layers.Dropout(RATE, seed=SEED)

    def call(self, x, training=None):
        h = self.hidden(x)
        h = self.regularise(h, training=training)
        return self.out(h)


class AlphaSNN(SNN):
    def add_regulariser(self):
        self.regularise = keras.layers.AlphaDropout(RATE, seed=SEED)


class Runner:
    def __init__(self, model):
        model(tf.zeros((1, 64)))
        self.model, self.variables = model, model.weights
        self.optimizer = keras.optimizers.SGD(learning_rate=0.05)
        self.loss_object = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.train_loss = keras.metrics.Mean(name="train_loss")

    @tf.function
    def train_step(self, images, labels):
        with tf.GradientTape() as tape:
            predictions = self.model(images, training=True)
            loss = self.loss_object(labels, predictions)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        self.train_loss(loss)
        return loss

    def predict(self, images):
        return self.model(images, training=False).numpy()


def loop():
    return Runner(SNN())


def fixed():
    return Runner(AlphaSNN())
