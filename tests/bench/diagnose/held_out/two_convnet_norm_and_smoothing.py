"""Conv + batch norm written from the paper, label smoothing written from memory."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the batch variance is the mean of squares without the squared mean taken off; and smoothing spreads its share over nine classes, not ten"
CAUSES = [
    "the batch variance is the mean of squares, without the squared mean taken off",
    "the smoothed share is spread over the nine other classes, Keras spreads it over all ten",
]
LINE = "variance = tf.reduce_mean(tf.square(maps), axis=[0, 1, 2])"
LINES = [
    "variance = tf.reduce_mean(tf.square(maps), axis=[0, 1, 2])",
    "target = (1.0 - SMOOTH) * onehot + SMOOTH / 9.0 * (1.0 - onehot)",
]

SMOOTH = 0.2
MOMENTUM = 0.9
EPSILON = 1e-3
RATE = 0.2


def DATA():
    digits = load_digits()
    x = digits.images[:260, :, :, None].astype("float32") / 16
    y = keras.utils.to_categorical(digits.target[:260], 10).astype("float32")
    return x[:200], y[:200], x[200:], y[200:]


def reference():
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(4, 3, use_bias=False),
        keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON),
        keras.layers.Activation("relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(RATE),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTH),
    )
    return model


def moments(maps):
    mean = tf.reduce_mean(maps, axis=[0, 1, 2])
    variance = tf.reduce_mean(tf.square(maps), axis=[0, 1, 2])
    return mean, variance


def centred_moments(maps):
    mean = tf.reduce_mean(maps, axis=[0, 1, 2])
    return mean, tf.reduce_mean(tf.square(maps - mean), axis=[0, 1, 2])


def smooth(onehot):
    target = (1.0 - SMOOTH) * onehot + SMOOTH / 9.0 * (1.0 - onehot)
    return target


def smooth_over_all(onehot):
    return (1.0 - SMOOTH) * onehot + SMOOTH / 10.0


class Net(tf.Module):
    def __init__(self, moments, smooth):
        self.moments, self.smooth = moments, smooth
        self.kernel = tf.Variable(tf.random.stateless_normal((3, 3, 1, 4), (1, 1), stddev=0.3))
        self.gamma, self.beta = tf.Variable(tf.ones(4)), tf.Variable(tf.zeros(4))
        self.mean = tf.Variable(tf.zeros(4), trainable=False)
        self.variance = tf.Variable(tf.ones(4), trainable=False)
        self.w = tf.Variable(tf.random.stateless_normal((144, 10), (2, 2), stddev=0.1))
        self.b = tf.Variable(tf.zeros(10))

    @property
    def variables(self):
        return [self.kernel, self.gamma, self.beta, self.mean, self.variance, self.w, self.b]

    def normalise(self, maps, training):
        if not training:
            mean, variance = self.mean, self.variance
        else:
            mean, variance = self.moments(maps)
            for moving, new in ((self.mean, mean), (self.variance, variance)):
                moving.assign(MOMENTUM * moving + (1 - MOMENTUM) * new)
        return self.gamma * (maps - mean) / tf.sqrt(variance + EPSILON) + self.beta

    def forward(self, x, training):
        maps = tf.nn.conv2d(x, self.kernel, 1, "VALID")
        maps = tf.nn.relu(self.normalise(maps, training))
        return tf.reshape(maps, (-1, 144)) @ self.w + self.b

    @tf.function
    def train_step(self, x, onehot):
        params = [v for v in self.variables if v.trainable]
        with tf.GradientTape() as tape:
            logits = self.forward(x, True)
            ce = tf.nn.softmax_cross_entropy_with_logits(self.smooth(onehot), logits)
            loss = tf.reduce_mean(ce)
        for p, g in zip(params, tape.gradient(loss, params)):
            p.assign_sub(RATE * g)
        return loss

    def predict(self, x):
        return self.forward(tf.constant(x), False).numpy()


def loop():
    return Net(moments, smooth)


def fixed():
    return Net(centred_moments, smooth_over_all)


def alone():
    return [Net(moments, smooth_over_all), Net(centred_moments, smooth)]
