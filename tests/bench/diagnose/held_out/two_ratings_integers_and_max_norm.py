"""Matrix factorisation on half-star ratings: users times films, with a constraint on the user table."""
import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the half stars are cut off by a cast to int; and max norm clips the table as a whole, not each user's row"
CAUSES = [
    "the ratings are cast to int on their way to the loss, which cuts off the half stars",
    "max norm clips the norm of the whole user table, not of each user's row",
]
LINES = ["stars = tf.cast(tf.cast(stars, tf.int32), tf.float32)", "return tf.clip_by_norm(table, MAX_NORM)"]
LINE = "stars = tf.cast(tf.cast(stars, tf.int32), tf.float32)"

N_USERS, N_FILMS, K = 20, 15, 4
MAX_NORM = 0.9
RATE = 0.5


def DATA():
    rng = np.random.RandomState(9)
    u = rng.randint(0, N_USERS, 300).astype("int32")
    f = rng.randint(0, N_FILMS, 300).astype("int32")
    taste, kind = rng.randn(N_USERS, 3), rng.randn(N_FILMS, 3)
    stars = np.clip(np.round(2 * (2.5 + (taste[u] * kind[f]).sum(1))) / 2, 0.5, 5.0)
    stars = stars.astype("float32")[:, None]
    return (u[:240], f[:240]), stars[:240], (u[240:], f[240:]), stars[240:]


def reference():
    user, film = keras.Input((), dtype="int32", name="user"), keras.Input((), dtype="int32", name="film")
    limit = keras.constraints.MaxNorm(MAX_NORM, axis=1)
    p = keras.layers.Embedding(N_USERS, K, embeddings_initializer="glorot_normal", embeddings_constraint=limit)(user)
    q = keras.layers.Embedding(N_FILMS, K, embeddings_initializer="glorot_normal")(film)
    score = keras.layers.Dot(axes=1)([p, q])
    both = keras.layers.Concatenate()([p, q])
    stars = keras.layers.Add()([score, keras.layers.Dense(1)(both)])
    model = keras.Model([user, film], stars)
    model.compile(keras.optimizers.SGD(RATE), "mse")
    return model


class Factorisation:
    def __init__(self):
        normal = tf.random.Generator.from_seed(4).normal
        self.P, self.Q = tf.Variable(normal((N_USERS, K), stddev=.3)), tf.Variable(normal((N_FILMS, K), stddev=.3))
        self.w, self.b = tf.Variable(normal((2 * K, 1), stddev=.3)), tf.Variable([0.])
        self.variables = [self.P, self.Q, self.w, self.b]

    def __call__(self, users, films):
        p, q = tf.gather(self.P, users), tf.gather(self.Q, films)
        return tf.reduce_sum(p * q, 1, keepdims=True) + tf.concat([p, q], 1) @ self.w + self.b

    def prepare(self, stars):
        stars = tf.cast(tf.cast(stars, tf.int32), tf.float32)
        return stars

    def limited(self, table):
        return tf.clip_by_norm(table, MAX_NORM)

    def train_step(self, x, stars):
        users, films = x
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(users, films) - self.prepare(stars)) ** 2)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables)):
            v.assign_sub(RATE * tf.convert_to_tensor(g))
        self.P.assign(self.limited(self.P))
        return loss

    def predict(self, x):
        return self(*x).numpy()


class WithHalves(Factorisation):
    def prepare(self, stars):
        return tf.convert_to_tensor(stars)


class RowLimited(Factorisation):
    def limited(self, table):
        return tf.clip_by_norm(table, MAX_NORM, axes=[1])


class Both(WithHalves, RowLimited):
    pass


def loop():
    return Factorisation()


def fixed():
    return Both()


def alone():
    return [RowLimited(), WithHalves()]
