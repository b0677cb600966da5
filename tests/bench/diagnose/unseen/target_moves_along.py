"""Action values from recorded steps: state and next state side by side, action and reward as target."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the bootstrapped target is part of the tape; the reference holds it constant with stop_gradient"
LINE = "return reward + DISCOUNT * tf.reduce_max(self.values(after), axis=1) - taken"

DISCOUNT = 0.9


def DATA():
    rng = np.random.RandomState(122)
    now = rng.uniform(-1, 1, (600, 3))
    action = rng.randint(2, size=600)
    after = 0.9 * now + 0.2 * (2 * action[:, None] - 1)
    reward = 1 - np.abs(after).sum(1)
    x, y = np.hstack([now, after]).astype("float32"), np.stack([action, reward], 1).astype("float32")
    return x[:480], y[:480], x[480:], y[480:]


def value_net():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(16, "tanh"), keras.layers.Dense(2)])


class Values(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = value_net()

    def call(self, steps):
        return self.net(steps[:, :3])

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        best = keras.ops.max(self.net(x[:, 3:]), axis=1)
        target = keras.ops.stop_gradient(y[:, 1] + DISCOUNT * best)
        taken = keras.ops.sum(y_pred * keras.ops.one_hot(keras.ops.cast(y[:, 0], "int32"), 2), axis=1)
        return keras.ops.mean(keras.ops.square(target - taken))


def reference():
    model = Values()
    model(np.zeros((1, 6), "float32"))
    model.compile(keras.optimizers.Adam(0.005))
    return model


class Learner:
    def __init__(self):
        self.values = value_net()
        self.variables = self.values.weights
        self.adam = keras.optimizers.Adam(0.005)

    def surprise(self, taken, reward, after):
        return reward + DISCOUNT * tf.reduce_max(self.values(after), axis=1) - taken

    @tf.function
    def train_step(self, steps, outcome):
        now, after = steps[:, :3], steps[:, 3:]
        action, reward = tf.cast(outcome[:, 0], tf.int32), outcome[:, 1]
        with tf.GradientTape() as tape:
            taken = tf.gather(self.values(now, training=True), action, batch_dims=1)
            loss = tf.reduce_mean(self.surprise(taken, reward, after) ** 2)
        params = self.values.trainable_variables
        self.adam.apply_gradients(zip(tape.gradient(loss, params), params))
        return loss

    def predict(self, steps):
        return self.values(steps[:, :3]).numpy()


class HoldingLearner(Learner):
    def surprise(self, taken, reward, after):
        return tf.stop_gradient(super().surprise(0.0, reward, after)) - taken


def loop():
    return Learner()


def fixed():
    return HoldingLearner()
