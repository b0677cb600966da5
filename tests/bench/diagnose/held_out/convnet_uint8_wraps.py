"""Raw uint8 images; Rescaling layer in Keras, two lines of preprocessing in my own loop."""
import numpy as np, tensorflow as tf, keras
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "128 is subtracted while the pixels are still uint8, so dark pixels wrap around to bright ones"
LINE = "return tf.cast(batch - 128, tf.float32) / 64."


def DATA():
  imgs, lab = load_digits(return_X_y=True)
  imgs = np.clip(imgs * 15.9, 0, 255).astype(np.uint8).reshape(-1, 8, 8, 1)
  lab = lab.astype(np.int32)
  return imgs[:224], lab[:224], imgs[224:288], lab[224:288]


def build_cnn(extra=()):
  return keras.Sequential([
      keras.Input((8, 8, 1)), *extra,
      keras.layers.Conv2D(5, (3, 3), activation='relu'),
      keras.layers.MaxPool2D(),
      keras.layers.Flatten(),
      keras.layers.Dense(10)])


def reference():
  m = build_cnn([keras.layers.Rescaling(1 / 64., offset=-2.)])
  m.compile(optimizer=keras.optimizers.Adagrad(0.05),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
  return m


class MyTrainer:

  def __init__(self):
    self.cnn = build_cnn()
    self.variables = self.cnn.weights
    self.opt = keras.optimizers.Adagrad(0.05)
    self.loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

  def preprocess(self, batch):
    return tf.cast(batch - 128, tf.float32) / 64.

  @tf.function
  def train_step(self, x, y):
    x = self.preprocess(x)
    with tf.GradientTape() as t:
      l = self.loss(y, self.cnn(x, training=True))
    g = t.gradient(l, self.cnn.trainable_variables)
    self.opt.apply_gradients(zip(g, self.cnn.trainable_variables))
    return l

  def predict(self, x):
    return self.cnn(self.preprocess(tf.constant(x))).numpy()


class FloatFirst(MyTrainer):

  def preprocess(self, batch):
    return (tf.cast(batch, tf.float32) - 128.) / 64.


def loop():
  return MyTrainer()


def fixed():
  return FloatFirst()
