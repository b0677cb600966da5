"""Token model with a residual block and two heads: topic (4 classes) and sentiment (a number)."""
from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the block normalises the sum of input and branch (post-norm) where the reference normalises the branch's input; and the two losses are averaged, not added"
CAUSES = [
    "the block normalises the sum of input and branch (post-norm); the reference normalises the branch's input (pre-norm)",
    "the losses of the two outputs are averaged; Keras adds them",
]
LINE = "return self.norm(tokens + self.down(self.up(tokens)))"
LINES = [
    "return self.norm(tokens + self.down(self.up(tokens)))",
    "return (topic_loss + sentiment_loss) / 2",
]

VOCAB, LENGTH, WIDTH = 30, 9, 8


def DATA():
    rng = np.random.default_rng(11)
    topic = rng.integers(0, 4, 300)
    tokens = (rng.integers(0, 12, (300, LENGTH)) + 6 * topic[:, None]).astype("int32")
    mood = (np.sin(tokens).mean(1, keepdims=True) * 2).astype("float32")
    y = (topic.astype("int32"), mood)
    cut = 240
    return tokens[:cut], tuple(a[:cut] for a in y), tokens[cut:], tuple(a[cut:] for a in y)


def reference() -> keras.Model:
    ids = keras.Input((LENGTH,), dtype="int32")
    tokens = keras.layers.Embedding(VOCAB, WIDTH)(ids)
    branch = keras.layers.LayerNormalization()(tokens)
    branch = keras.layers.Dense(2 * WIDTH, activation="gelu")(branch)
    branch = keras.layers.Dense(WIDTH)(branch)
    tokens = keras.layers.Add()([tokens, branch])
    pooled = keras.layers.GlobalAveragePooling1D()(tokens)
    topic = keras.layers.Dense(4, activation="softmax", name="topic")(pooled)
    sentiment = keras.layers.Dense(1, name="sentiment")(pooled)
    model = keras.Model(ids, [topic, sentiment])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=["sparse_categorical_crossentropy", "mean_squared_error"],
    )
    return model


class Block(keras.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.norm = keras.layers.LayerNormalization()
        self.up = keras.layers.Dense(2 * WIDTH, activation="gelu")
        self.down = keras.layers.Dense(WIDTH)

    def build(self, shape):
        self.norm.build(shape)
        self.up.build(shape)
        self.down.build((*shape[:-1], 2 * WIDTH))

    def call(self, tokens):
        return self.norm(tokens + self.down(self.up(tokens)))


class PreNormBlock(Block):
    def call(self, tokens):
        return tokens + self.down(self.up(self.norm(tokens)))


class TextModel:
    def __init__(self, block: type[Block]) -> None:
        self.embedding = keras.layers.Embedding(VOCAB, WIDTH)
        self.embedding.build((None, LENGTH))
        self.block = block()
        self.block.build((None, LENGTH, WIDTH))
        self.topic, self.sentiment = keras.layers.Dense(4), keras.layers.Dense(1)
        self.topic.build((None, WIDTH))
        self.sentiment.build((None, WIDTH))
        block_weights = self.block.norm.weights + self.block.up.weights + self.block.down.weights
        heads = self.topic.weights + self.sentiment.weights
        self.variables = self.embedding.weights + block_weights + heads
        self.sgd = keras.optimizers.SGD(0.1)

    def __call__(self, ids):
        pooled = tf.reduce_mean(self.block(self.embedding(ids)), axis=1)
        return self.topic(pooled), self.sentiment(pooled)

    def total(self, topic_loss, sentiment_loss):
        return (topic_loss + sentiment_loss) / 2

    @tf.function
    def train_step(self, ids, targets):
        topic, mood = targets
        with tf.GradientTape() as tape:
            logits, value = self(ids)
            topic_loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(topic, logits))
            sentiment_loss = tf.reduce_mean(tf.square(mood - value))
            loss = self.total(topic_loss, sentiment_loss)
        self.sgd.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, ids):
        logits, value = self(ids)
        return [tf.nn.softmax(logits).numpy(), value.numpy()]


class AddedLosses(TextModel):
    def total(self, topic_loss, sentiment_loss):
        return topic_loss + sentiment_loss


def loop():
    return TextModel(Block)


def fixed():
    return AddedLosses(PreNormBlock)


def alone():
    return [AddedLosses(Block), TextModel(PreNormBlock)]
