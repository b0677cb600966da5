"""MLP, SGD with momentum, learning rate falling exponentially.

The momentum was ported from another framework.
"""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the velocity holds gradients and is multiplied by the rate of the moment; Keras puts the rate into the velocity, which differs once the rate falls"
LINE = "w.assign_sub(lr * v.assign(MOMENTUM * v + g))"

MOMENTUM = 0.9
INITIAL_LR = 0.1
DECAY_RATE = 0.5
DECAY_STEPS = 2


def DATA():
    bunch = load_digits()
    x, y = bunch.data[:280].astype("float32") / 16.0, bunch.target[:280]
    return x[:224], y[:224], x[224:], y[224:]


def make_mlp():
    return keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(18, activation="sigmoid", kernel_initializer=keras.initializers.HeNormal(seed=1)),
        keras.layers.Dense(10, kernel_initializer=keras.initializers.HeNormal(seed=2)),
    ])


def reference():
    schedule = keras.optimizers.schedules.ExponentialDecay(INITIAL_LR, DECAY_STEPS, DECAY_RATE)
    model = make_mlp()
    model.compile(
        keras.optimizers.SGD(schedule, momentum=MOMENTUM),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class SGDM:
    def __init__(self, params):
        self.params = params
        self.velocities = [tf.Variable(tf.zeros_like(p), trainable=False) for p in params]
        self.iteration = tf.Variable(0.0, trainable=False)

    def step(self, grads):
        lr = INITIAL_LR * DECAY_RATE ** (self.iteration / DECAY_STEPS)
        for w, v, g in zip(self.params, self.velocities, grads):
            self.move(w, v, g, lr)
        self.iteration.assign_add(1.0)

    def move(self, w, v, g, lr):
        w.assign_sub(lr * v.assign(MOMENTUM * v + g))


class KerasLikeSGDM(SGDM):
    def move(self, w, v, g, lr):
        w.assign_sub(v.assign(MOMENTUM * v + lr * g))


class Trainer:
    def __init__(self, optimizer_class):
        self.mlp = make_mlp()
        self.variables = self.mlp.weights
        self.optimizer = optimizer_class([w.value for w in self.mlp.trainable_weights])

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.mlp(x, training=True)
            loss = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
            loss = tf.reduce_mean(loss)
        self.optimizer.step(tape.gradient(loss, self.optimizer.params))
        return loss

    def predict(self, x):
        return self.mlp(x, training=False).numpy()


def loop():
    return Trainer(SGDM)


def fixed():
    return Trainer(KerasLikeSGDM)
