"""A generator and a critic on two moons; the noise comes with the data, so both programs see the same."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_moons

KIND = "result"
CAUSE = "the generator maximises the critic's loss on fakes (saturating); the reference has it minimise the loss towards real"
LINE = "return -cross_entropy(tf.zeros_like(verdict), verdict)"

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def DATA():
    moons, _ = make_moons(640, noise=0.05, random_state=113)
    noise = np.random.RandomState(113).normal(size=(640, 4))
    x, y = np.hstack([moons, noise]).astype("float32"), np.zeros((640, 1), "float32")
    return x[:512], y[:512], x[512:], y[512:]


def players():
    dense = keras.layers.Dense
    generator = keras.Sequential([keras.Input((4,)), dense(12, "relu"), dense(2)])
    critic = keras.Sequential([keras.Input((2,)), dense(12, "leaky_relu"), dense(1)])
    return generator, critic


class Game(keras.Model):
    def __init__(self):
        super().__init__()
        self.generator, self.critic = players()
        self.critic_optimizer = keras.optimizers.Adam(0.01, beta_1=0.5)

    def call(self, x):
        return self.generator(x[:, 2:])

    def train_step(self, data):
        (real, noise), g, c = tf.split(data[0], [2, 4], 1), self.generator, self.critic
        with tf.GradientTape() as tape:
            on_real, on_fake = c(real), c(g(noise))
            loss = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(tf.zeros_like(on_fake), on_fake)
        self.critic_optimizer.apply(tape.gradient(loss, c.trainable_weights), c.trainable_weights)
        with tf.GradientTape() as tape:
            on_fake = c(g(noise))
            g_loss = cross_entropy(tf.ones_like(on_fake), on_fake)
        self.optimizer.apply(tape.gradient(g_loss, g.trainable_weights), g.trainable_weights)
        return {"loss": loss, "g_loss": g_loss}


def reference():
    model = Game()
    model(tf.zeros((1, 6)))
    model.compile(optimizer=keras.optimizers.Adam(0.01, beta_1=0.5), loss="mse")
    return model


def fooling(verdict):
    return -cross_entropy(tf.zeros_like(verdict), verdict)


class HandGame:
    def __init__(self, goal=fooling):
        self.g, self.c = players()
        self.goal = goal
        self.variables = self.g.weights + self.c.weights
        self.g_opt, self.c_opt = (keras.optimizers.Adam(0.01, beta_1=0.5) for _ in range(2))

    def critic_loss(self, real, noise):
        verdicts = self.c(real), self.c(self.g(noise))
        targets = tf.ones_like(verdicts[0]), tf.zeros_like(verdicts[1])
        return sum(cross_entropy(t, v) for t, v in zip(targets, verdicts))

    @tf.function
    def train_step(self, x, _):
        real, noise = x[:, :2], x[:, 2:]
        with tf.GradientTape() as tape:
            critic_loss = self.critic_loss(real, noise)
        self.c_opt.apply(tape.gradient(critic_loss, self.c.trainable_weights), self.c.trainable_weights)
        with tf.GradientTape() as tape:
            generator_loss = self.goal(self.c(self.g(noise)))
        self.g_opt.apply(tape.gradient(generator_loss, self.g.trainable_weights), self.g.trainable_weights)
        return critic_loss

    def predict(self, x):
        return self.g(x[:, 2:]).numpy()


def loop():
    return HandGame()


def fixed():
    return HandGame(goal=lambda verdict: cross_entropy(tf.ones_like(verdict), verdict))
