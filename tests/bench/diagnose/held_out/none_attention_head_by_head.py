"""keras.layers.MultiHeadAttention with causal mask against einsum, one head at a time."""
import keras
import numpy as np
import tensorflow as tf

KIND = "none"
CAUSE = "none: the heads are summed one by one, the mask is added as minus infinity, the norm is spelt out"
LINE = None

T, D, H, K = 5, 8, 2, 3


def DATA():
    rng = np.random.RandomState(61)
    x = rng.randn(220, T, D).astype("float32")
    y = (np.cumsum(x[..., :2], axis=1) / np.arange(1, T + 1)[None, :, None]).astype("float32")
    return x[:170], y[:170], x[170:], y[170:]


def reference():
    x = keras.Input((T, D))
    mixed = keras.layers.MultiHeadAttention(H, K, use_bias=False)(x, x, use_causal_mask=True)
    h = keras.layers.LayerNormalization()(x + mixed)
    model = keras.Model(x, keras.layers.Dense(2)(h))
    model.compile(optimizer=keras.optimizers.SGD(0.2), loss="mse")
    return model


class Heads(tf.Module):
    def __init__(self):
        super().__init__()
        new = lambda *s: tf.Variable(tf.random.stateless_normal(s, (len(s), s[0])) * 0.3)
        self.q, self.k, self.v = new(D, H, K), new(D, H, K), new(D, H, K)
        self.o = new(H, K, D)
        self.gamma, self.beta = tf.Variable(tf.ones(D)), tf.Variable(tf.zeros(D))
        self.w, self.b = new(D, 2), tf.Variable(tf.zeros(2))
        self.order = [self.q, self.k, self.v, self.o, self.gamma, self.beta, self.w, self.b]

    def head(self, x, n):
        later = tf.constant(np.triu(np.full((T, T), -1e9, "float32"), 1))
        pair = tf.einsum("bid,dk,ek,bje->bij", x, self.q[:, n], self.k[:, n], x) / K ** 0.5
        return tf.einsum("bij,bjd,dk,kc->bic", tf.nn.softmax(pair + later), x, self.v[:, n], self.o[n])

    def __call__(self, x):
        s = x + tf.add_n([self.head(x, n) for n in range(H)])
        s -= tf.reduce_mean(s, -1, keepdims=True)
        s *= tf.math.rsqrt(tf.reduce_mean(s * s, -1, keepdims=True) + 1e-3)
        return tf.tensordot(self.gamma * s + self.beta, self.w, 1) + self.b


class Runner:
    def __init__(self):
        self.net = Heads()
        self.variables = self.net.order

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(y, self.net(x)))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(0.2 * g)
        return loss

    def predict(self, x):
        return self.net(tf.constant(x)).numpy()


def loop():
    return Runner()


def fixed():
    return Runner()
