"""Variational autoencoder on digits."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the KL term is averaged over the latent dimensions, and should be summed over them and averaged over images"
LINE = "return -0.5 * tf.reduce_mean(1 + log_var - tf.square(mu) - tf.exp(log_var))"

LATENT = 4
RECON_WEIGHT = 64.0


def DATA():
    x = load_digits().data.astype("float32") / 16.0
    return x[:240], x[:240], x[240:300], x[240:300]


class Sampling(keras.layers.Layer):
    """mu + sigma * noise while training, mu otherwise"""

    def __init__(self, seed=31):
        super().__init__()
        self.seed = keras.random.SeedGenerator(seed)

    def call(self, mu, log_var, training=False):
        if not training:
            return mu
        noise = keras.random.normal(keras.ops.shape(mu), seed=self.seed)
        return mu + keras.ops.exp(0.5 * log_var) * noise


class KLDivergence(keras.layers.Layer):
    def call(self, mu, log_var):
        kl = 0.5 * keras.ops.sum(keras.ops.exp(log_var) + mu ** 2 - 1.0 - log_var, axis=-1)
        self.add_loss(keras.ops.mean(kl))
        return mu


def reconstruction(y_true, y_pred):
    return RECON_WEIGHT * keras.losses.binary_crossentropy(y_true, y_pred)


def reference():
    x = keras.Input((64,))
    h = keras.layers.Dense(20, activation="relu")(x)
    mu = keras.layers.Dense(LATENT)(h)
    log_var = keras.layers.Dense(LATENT)(h)
    mu = KLDivergence()(mu, log_var)
    z = Sampling()(mu, log_var)
    h = keras.layers.Dense(20, activation="relu")(z)
    model = keras.Model(x, keras.layers.Dense(64, activation="sigmoid")(h))
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss=reconstruction)
    return model


class VAE:
    def __init__(self):
        self.enc = keras.layers.Dense(20, activation="relu")
        self.mu, self.log_var = keras.layers.Dense(LATENT), keras.layers.Dense(LATENT)
        self.dec, self.out = keras.layers.Dense(20, activation="relu"), keras.layers.Dense(64)
        self.sample = Sampling()
        sizes = [(self.enc, 64), (self.mu, 20), (self.log_var, 20), (self.dec, LATENT), (self.out, 20)]
        for layer, size in sizes:
            layer.build((None, size))
        self.variables = [w for layer, _ in sizes for w in layer.weights]

    def encode(self, x):
        h = self.enc(x)
        return self.mu(h), self.log_var(h)

    def decode(self, z):
        return self.out(self.dec(z))

    def kl(self, mu, log_var):
        return -0.5 * tf.reduce_mean(1 + log_var - tf.square(mu) - tf.exp(log_var))

    @tf.function
    def train_step(self, x, target):
        with tf.GradientTape() as tape:
            mu, log_var = self.encode(x)
            logits = self.decode(self.sample(mu, log_var, training=True))
            bits = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
            elbo = tf.reduce_mean(tf.reduce_sum(bits, axis=1)) + self.kl(mu, log_var)
        for v, g in zip(self.variables, tape.gradient(elbo, self.variables)):
            v.assign_sub(0.01 * g)
        return elbo

    def predict(self, x):
        mu, _ = self.encode(x)
        return tf.sigmoid(self.decode(mu)).numpy()


class SummedVAE(VAE):
    def kl(self, mu, log_var):
        return -0.5 * tf.reduce_mean(tf.reduce_sum(1 + log_var - tf.square(mu) - tf.exp(log_var), axis=1))


def loop():
    return VAE()


def fixed():
    return SummedVAE()
