"""Small convnet with overlapping pooling and a global average on top."""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the hand-written max pooling pads ('SAME'); MaxPooling2D does not by default"
LINE = "return tf.nn.max_pool2d(maps, ksize=3, strides=2, padding=\"SAME\")"

IMG = (8, 8, 1)


def DATA():
    x, y = load_digits(return_X_y=True)
    x = x.reshape((-1,) + IMG).astype("float32") / 16.0
    return x[:200], y[:200], x[200:264], y[200:264]


def reference():
    model = keras.Sequential([
        keras.Input(IMG),
        keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(pool_size=3, strides=2),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10),
    ])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.2, momentum=0.5), loss=loss)
    return model


def weight(name, shape):
    fan = 1
    for n in shape[:-1]:
        fan *= n
    init = tf.random.stateless_truncated_normal(shape, seed=(len(name), sum(shape))) / fan ** 0.5
    return tf.Variable(init, name=name)


class ConvNet(tf.Module):
    def __init__(self):
        self.k1, self.c1 = weight("k1", [3, 3, 1, 6]), tf.Variable(tf.zeros([6]))
        self.k2, self.c2 = weight("k2", [3, 3, 6, 8]), tf.Variable(tf.zeros([8]))
        self.w, self.b = weight("w", [8, 10]), tf.Variable(tf.zeros([10]))

    def pool(self, maps):
        return tf.nn.max_pool2d(maps, ksize=3, strides=2, padding="SAME")

    def __call__(self, x):
        a = tf.nn.relu(tf.nn.conv2d(x, self.k1, 1, "SAME") + self.c1)
        a = self.pool(a)
        a = tf.nn.relu(tf.nn.conv2d(a, self.k2, 1, "SAME") + self.c2)
        return tf.linalg.matmul(tf.reduce_mean(a, [1, 2]), self.w) + self.b


class ConvNetNoPadding(ConvNet):
    def pool(self, maps):
        return tf.nn.max_pool2d(maps, ksize=3, strides=2, padding="VALID")


class Trainer:
    def __init__(self, net, lr=0.2, mu=0.5):
        self.net, self.lr, self.mu = net, lr, mu
        self.variables = [net.k1, net.c1, net.k2, net.c2, net.w, net.b]
        self.momenta = [tf.Variable(tf.zeros(v.shape)) for v in self.variables]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.net(x))
            loss = tf.math.reduce_mean(ce)
        for v, m, g in zip(self.variables, self.momenta, tape.gradient(loss, self.variables)):
            m.assign(self.mu * m - self.lr * g)
            v.assign_add(m)
        return loss

    def predict(self, x):
        return self.net(x).numpy()


def loop():
    return Trainer(ConvNet())


def fixed():
    return Trainer(ConvNetNoPadding())
