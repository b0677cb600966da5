"""House-price-like regression. The weights of fit and of my loop are the same, the MAE they report is not."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the metric object of the training steps is not reset before the evaluation, so its mean holds both"
LINE = None


def DATA():
    rng = np.random.default_rng(3)
    rooms = rng.integers(1, 8, 280)
    area = rooms * 18 + rng.normal(0, 9, 280)
    age = rng.uniform(0, 60, 280)
    price = 0.02 * area - 0.03 * age + 0.4 * (rooms > 4) + rng.normal(0, 0.2, 280)
    x = np.stack([rooms / 4, area / 70, age / 30], axis=1).astype("float32")
    y = price.astype("float32").reshape(-1, 1)
    return x[:200], y[:200], x[200:], y[200:]


def _net():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(12, activation="relu"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse", metrics=["mae"])
    return model


class PriceModel:
    def __init__(self):
        self.net = _net()
        self.adam = keras.optimizers.Adam(0.05)
        self.mse = keras.losses.MeanSquaredError()
        self.mae = keras.metrics.MeanAbsoluteError()
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            out = self.net(x, training=True)
            loss = self.mse(y, out)
        self.adam.apply(tape.gradient(loss, self.net.trainable_weights), self.net.trainable_weights)
        self.mae.update_state(y, out)
        return loss

    def evaluate(self, x, y):
        self.before_evaluation()
        out = self.net(x, training=False)
        self.mae.update_state(y, out)
        return {"loss": float(self.mse(y, out)), "mae": float(self.mae.result())}

    def before_evaluation(self):
        print("evaluating ...")

    def predict(self, x):
        return self.net(x, training=False).numpy()


class PriceModelReset(PriceModel):
    def before_evaluation(self):
        self.mae.reset_state()


def loop():
    return PriceModel()


def fixed():
    return PriceModelReset()
