"""Rare-event detection on a table (about one positive in eight), focal loss."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "alpha weighs both classes alike; the negatives should get 1 - alpha"
LINE = "balance = self.alpha"


def DATA():
    rng = np.random.default_rng(42)
    x = rng.normal(size=(300, 9)).astype(np.float32)
    risk = x[:, 0] - 0.7 * x[:, 3] + 0.5 * x[:, 5] * x[:, 6]
    y = (risk > np.quantile(risk, 0.87)).astype(np.float32)[:, np.newaxis]
    return x[:240], y[:240], x[240:], y[240:]


def detector() -> keras.Model:
    return keras.Sequential([
        keras.Input((9,)),
        keras.layers.Dense(16, activation="gelu"),
        keras.layers.Dense(8, activation="gelu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])


def reference() -> keras.Model:
    model = detector()
    model.compile(
        optimizer=keras.optimizers.SGD(0.5),
        loss=keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.8, gamma=2.0),
    )
    return model


class FocalLoss(keras.losses.Loss):
    def __init__(self, alpha=0.8, gamma=2.0):
        super().__init__(name="focal")
        self.alpha = alpha
        self.gamma = gamma

    def call(self, y_true, y_pred):
        y_pred = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
        p_t = tf.where(y_true > 0.5, y_pred, 1.0 - y_pred)
        return self.weight(y_true) * (1.0 - p_t) ** self.gamma * -tf.math.log(p_t)

    def weight(self, y_true):
        balance = self.alpha
        return balance


class BalancedFocalLoss(FocalLoss):
    def weight(self, y_true):
        return tf.where(y_true > 0.5, self.alpha, 1.0 - self.alpha)


class Trainer:
    def __init__(self, loss: keras.losses.Loss) -> None:
        self.model = detector()
        self.optimizer = keras.optimizers.SGD(0.5)
        self.loss = loss
        self.variables = self.model.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(y, self.model(x, training=True))
        weights = self.model.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    def predict(self, x):
        return np.array(self.model(x))


def loop() -> Trainer:
    return Trainer(FocalLoss())


def fixed() -> Trainer:
    return Trainer(BalancedFocalLoss())
