"""Regression, loop prepared for several replicas: losses are scaled by the global batch size."""
import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

KIND = "result"
CAUSE = "the loss of the smaller last batch is divided by the full batch size, not by the rows that it has"
LINE = "return tf.nn.compute_average_loss(per_example, global_batch_size=GLOBAL_BATCH_SIZE)"

GLOBAL_BATCH_SIZE = 48
EPOCHS = 2
FIT = {"batch_size": GLOBAL_BATCH_SIZE, "epochs": EPOCHS}


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = StandardScaler().fit_transform(x).astype("float32")
    y = StandardScaler().fit_transform(y.reshape(-1, 1)).astype("float32")
    return x[:208], y[:208], x[208:280], y[208:280]


def create_model():
    return keras.Sequential([
        keras.Input((10,)),
        keras.layers.Dense(16, activation="softplus"),
        keras.layers.Dense(1),
    ])


def reference():
    model = create_model()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
    return model


class DistributedLikeTrainer:
    def __init__(self):
        self.model = create_model()
        self.optimizer = keras.optimizers.SGD(learning_rate=0.05)
        self.loss_object = keras.losses.MeanSquaredError(reduction=None)

    @property
    def variables(self):
        return self.model.weights

    def compute_loss(self, labels, predictions):
        per_example = self.loss_object(labels, predictions)
        return tf.nn.compute_average_loss(per_example, global_batch_size=GLOBAL_BATCH_SIZE)

    @tf.function(reduce_retracing=True)
    def train_step(self, features, labels):
        with tf.GradientTape() as tape:
            predictions = self.model(features, training=True)
            loss = self.compute_loss(labels, predictions)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss

    def fit(self, x, y, epochs=EPOCHS, batch_size=GLOBAL_BATCH_SIZE):
        dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size).prefetch(1)
        for epoch in range(epochs):
            total = 0.0
            for features, labels in dataset:
                total += self.train_step(features, labels)

    def predict(self, x):
        return self.model(x, training=False).numpy()


class RowsOfTheBatch(DistributedLikeTrainer):
    def compute_loss(self, labels, predictions):
        return tf.reduce_mean(self.loss_object(labels, predictions))


def loop():
    return DistributedLikeTrainer()


def fixed():
    return RowsOfTheBatch()
