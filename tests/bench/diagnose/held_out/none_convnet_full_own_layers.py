"""Convnet with batch norm and dropout: a functional model against a subclass made of layers of our own."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: own layers, normalisation as one scale and shift, moving means as increments, own train_step"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = keras.utils.to_categorical(y, 10).astype("float32")
    return x[:220], y[:220], x[220:280], y[220:280]


def reference():
    x = keras.Input((8, 8, 1))
    h = keras.layers.Conv2D(6, 3, use_bias=False)(x)
    h = keras.layers.BatchNormalization(momentum=0.95)(h)
    h = keras.layers.ReLU()(h)
    h = keras.layers.AveragePooling2D(2)(h)
    h = keras.layers.Flatten()(h)
    h = keras.layers.Dropout(0.3, seed=41)(h)
    model = keras.Model(x, keras.layers.Dense(10)(h))
    model.compile(keras.optimizers.SGD(0.1), keras.losses.CategoricalCrossentropy(from_logits=True))
    return model


class ScaleShift(keras.layers.Layer):
    def build(self, shape):
        n = (shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=n, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=n, initializer="zeros")
        self.mean = self.add_weight(name="mean", shape=n, initializer="zeros", trainable=False)
        self.var = self.add_weight(name="var", shape=n, initializer="ones", trainable=False)

    def call(self, z, training=False):
        mean, var = self.mean.value, self.var.value
        if training:
            mean = tf.reduce_mean(z, (0, 1, 2))
            var = tf.reduce_mean((z - mean) ** 2, (0, 1, 2))
            self.mean.assign_add(0.05 * (mean - self.mean))
            self.var.assign_add(0.05 * (var - self.var))
        scale = self.gamma / tf.sqrt(var + 1e-3)
        return z * scale + (self.beta - mean * scale)


class Drop(keras.layers.Layer):
    def __init__(self, rate, seed):
        super().__init__()
        self.rate, self.seed_generator = rate, keras.random.SeedGenerator(seed)

    def call(self, x, training=False):
        return keras.random.dropout(x, self.rate, seed=self.seed_generator) if training else x


class OwnNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, 1, 6))
        self.norm, self.drop = ScaleShift(), Drop(0.3, seed=41)
        self.w, self.b = self.add_weight(shape=(54, 10)), self.add_weight(shape=(10,), initializer="zeros")

    def call(self, x, training=False):
        h = tf.maximum(self.norm(tf.nn.convolution(x, self.kernel.value), training=training), 0.0)
        h = (h[:, ::2] + h[:, 1::2]) / 2
        h = (h[:, :, ::2] + h[:, :, 1::2]) / 2
        h = self.drop(tf.reshape(h, (-1, 54)), training=training)
        return tf.einsum("ni,io->no", h, self.w) + self.b

    def train_step(self, data):
        x, y = data[:2]
        with tf.GradientTape() as tape:
            logp = tf.nn.log_softmax(self(x, training=True))
            loss = -tf.einsum("no,no->", y, logp) / tf.cast(tf.shape(y)[0], tf.float32)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"loss": loss}


class Handle:
    def __init__(self):
        self.net = OwnNet()
        self.net(tf.zeros((1, 8, 8, 1)))
        self.net.compile(optimizer=keras.optimizers.SGD(0.1))
        n = self.net.norm
        self.variables = [self.net.kernel, n.gamma, n.beta, n.mean, n.var, self.net.w, self.net.b]

    def train_step(self, x, y):
        return self.net.train_on_batch(x, y, return_dict=True)["loss"]

    def predict(self, x):
        return self.net(x, training=False).numpy()


def loop():
    return Handle()


def fixed():
    return Handle()
