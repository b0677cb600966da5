"""Loss scaling as for float16 (kept in float32 here to look for the bug), with clipping by global norm."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the gradients are clipped while they are still multiplied by the loss scale, so far too much is cut"
LINE = "grads = [g / LOSS_SCALE for g in clip(grads)]"

LOSS_SCALE = 256.0
CLIP = 0.5


def DATA():
    rng = np.random.RandomState(23)
    n, t = 260, 24
    label = rng.randint(0, 2, n)
    freq = np.where(label, 0.9, 0.5)[:, None]
    sig = np.sin(freq * np.arange(t) + rng.uniform(0, 6, (n, 1))) + 0.4 * rng.randn(n, t)
    sig = sig[..., None].astype("float32")
    label = label.astype("float32")[:, None]
    return sig[:200], label[:200], sig[200:], label[200:]


def net():
    return keras.Sequential([
        keras.Input((24, 1)),
        keras.layers.Conv1D(6, 5, activation="relu"),
        keras.layers.SeparableConv1D(8, 3, activation="relu"),
        keras.layers.GlobalMaxPooling1D(),
        keras.layers.Dense(1),
    ])


def reference():
    model = net()
    opt = keras.optimizers.SGD(0.5, global_clipnorm=CLIP)
    model.compile(opt, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def clip(grads):
    return tf.clip_by_global_norm(grads, CLIP)[0]


class ScaledTrainer:
    def __init__(self):
        self.net = net()
        self.variables = self.net.trainable_variables
        self.sgd = keras.optimizers.SGD(0.5)
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def postprocess(self, grads):
        grads = [g / LOSS_SCALE for g in clip(grads)]
        return grads

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.bce(y, self.net(x, training=True))
            scaled = loss * LOSS_SCALE
        grads = self.postprocess(tape.gradient(scaled, self.variables))
        self.sgd.apply_gradients(zip(grads, self.variables))
        return loss

    def predict(self, x):
        return self.net(x).numpy()


class UnscaleFirst(ScaledTrainer):
    def postprocess(self, grads):
        return clip([g / LOSS_SCALE for g in grads])


def loop():
    return ScaledTrainer()


def fixed():
    return UnscaleFirst()
