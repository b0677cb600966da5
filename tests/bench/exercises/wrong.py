"""Wrong solutions as who learns writes them: the gap at fault, and what its hint has to say."""

import re
from typing import NamedTuple

from bench.exercises.grade import WRONG as WRONG_VERDICT
from bench.exercises.grade import Grade


class Wrong(NamedTuple):
    """One wrong solution.

    Attributes:
        what: is wrong with it.
        gap: that is filled with ``code``; the others are right.
        code: may have several lines.
        hint: words of the hint that fits, and of no other.
    """

    what: str
    gap: int
    code: str
    hint: str


WRONG: dict[str, list[Wrong]] = {
    "perceptron": [
        Wrong("the bias is missing", 1, "z = tf.matmul(x, self.w)", "does not depend on"),
        Wrong("the factors change places", 1, "z = tf.matmul(self.w, x) + self.b", "inner sizes"),
        Wrong("the bias is taken off", 1, "z = tf.matmul(x, self.w) - self.b", "formula"),
        Wrong("softmax of one number", 2, "p = tf.nn.softmax(z)", "formula"),
        Wrong("the sigmoid twice", 2, "p = tf.nn.sigmoid(tf.nn.sigmoid(z))",
              "probabilities already"),
        Wrong("tanh", 2, "p = (tf.nn.tanh(z) + 1) / 2", "formula"),
        Wrong("the sum of the losses", 3,
              "losses = -y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p)\n"
              "loss = tf.reduce_sum(losses)", "their sum"),
        Wrong("the sign of the loss", 3,
              "losses = y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p)\n"
              "loss = tf.reduce_mean(losses)", "sign"),
        Wrong("half of the loss", 3, "loss = tf.reduce_mean(-y * tf.math.log(p))",
              "term by term"),
        Wrong("squares", 3, "loss = tf.reduce_mean((p - y) ** 2)", "another loss"),
        Wrong("up the slope", 4,
              "d_w, d_b = tape.gradient(loss, self.variables)\n"
              "self.w.assign_add(LEARNING_RATE * d_w)\n"
              "self.b.assign_add(LEARNING_RATE * d_b)", "goes the other way"),
        Wrong("the bias never moves", 4,
              "d_w, d_b = tape.gradient(loss, self.variables)\n"
              "self.w.assign_sub(LEARNING_RATE * d_w)", "never moves"),
    ],
    "cross-entropy": [
        Wrong("the sum over the batch", 1,
              "log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=0, keepdims=True))", "axis"),
        Wrong("the axis is dropped", 1,
              "log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))", "keepdims"),
        Wrong("softmax, not its logarithm", 1,
              "log_p = tf.exp(z) / tf.reduce_sum(tf.exp(z), axis=1, keepdims=True)", "formula"),
        Wrong("softmax twice", 1,
              "p = tf.nn.softmax(z)\n"
              "log_p = p - tf.math.log(tf.reduce_sum(tf.exp(p), axis=1, keepdims=True))",
              "probabilities already"),
        Wrong("the mean of exp", 1,
              "log_p = z - tf.math.log(tf.reduce_mean(tf.exp(z), axis=1, keepdims=True))",
              "[Ss]um"),
        Wrong("the sign of the loss", 2, "losses = tf.reduce_sum(y_true * log_p, axis=1)", "sign"),
        Wrong("the loss of each digit", 2, "losses = -tf.reduce_sum(y_true * log_p, axis=0)",
              "axis"),
        Wrong("the mean over the digits", 2, "losses = -tf.reduce_mean(y_true * log_p, axis=1)",
              "[Ss]um|factor"),
        Wrong("binary cross-entropy", 2,
              "p = tf.exp(log_p)\n"
              "losses = -tf.reduce_sum(y_true * log_p + (1 - y_true) * tf.math.log(1 - p), axis=1)",
              "formula|another loss"),
        Wrong("the sum of the losses", 3, "loss = tf.reduce_sum(losses)", "their sum"),
        Wrong("divided by a fixed batch size", 3, "loss = tf.reduce_sum(losses) / 16",
              "last batch"),
        Wrong("the largest of the losses", 3, "loss = tf.reduce_max(losses)", "[Ss]um or mean"),
    ],
    "mlp-in-keras": [
        Wrong("no activation", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units)(a)", "activation"),
        Wrong("ReLU", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units, activation='relu')(a)",
              "activation"),
        Wrong("each on the input", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units, activation='sigmoid')(x)",
              "shapes"),
        Wrong("a layer too few", 1,
              "for units in HIDDEN_LAYERS[:2]:\n"
              "    a = layers.Dense(units, activation='sigmoid')(a)", "shapes"),
        Wrong("no bias", 1,
              "for units in HIDDEN_LAYERS:\n"
              "    a = layers.Dense(units, activation='sigmoid', use_bias=False)(a)", "shapes"),
        Wrong("nine digits", 2, "y = layers.Dense(9, activation='softmax')(a)", "shapes"),
        Wrong("sigmoid at the output", 2, "y = layers.Dense(10, activation='sigmoid')(a)",
              "activation"),
        Wrong("logits at the output", 2, "y = layers.Dense(10)(a)", "activation|expect z"),
        Wrong("the loss takes logits", 3,
              "loss = keras.losses.CategoricalCrossentropy(from_logits=True)", "expect z"),
        Wrong("squares", 3, "loss = 'mean_squared_error'", "another loss"),
        Wrong("the sum of the losses", 3,
              "loss = keras.losses.CategoricalCrossentropy(reduction='sum')", "their sum"),
        Wrong("Keras's own learning rate", 4, "optimizer = 'sgd'", "LEARNING_RATE|numbers"),
        Wrong("Adam", 4, "optimizer = keras.optimizers.Adam(LEARNING_RATE)", "another optimizer"),
    ],
    "dropout": [
        Wrong("nothing is scaled up", 1,
              "kept = tf.random.uniform(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a, tf.zeros_like(a))", "formula|factor"),
        Wrong("scaled by the rate squared", 1,
              "kept = tf.random.uniform(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a * (1 - rate), tf.zeros_like(a))", "formula|factor"),
        Wrong("the mask of one image for all", 1,
              "kept = tf.random.uniform((1, a.shape[1])) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "draw of its own"),
        Wrong("the same mask each step", 1,
              "kept = tf.random.stateless_uniform(tf.shape(a), (1, 2)) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "drawn anew"),
        Wrong("a mask of normal numbers", 1,
              "kept = tf.random.normal(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "formula"),
        Wrong("in prediction too", 2, "a = dropout(a, RATE)", "two calls give two answers"),
        Wrong("in prediction alone", 2, "if not training:\n    a = dropout(a, RATE)",
              "formula|dropped"),
        Wrong("another rate", 2, "if training:\n    a = dropout(a, 0.2)",
              "number on that line|share"),
        Wrong("twice", 2, "if training:\n    a = dropout(dropout(a, RATE), RATE)", "too m"),
        Wrong("a rate of its own in Keras", 3, "a = layers.Dropout(0.2)(a)", "share is dropped"),
        Wrong("noise in Keras", 3, "a = layers.GaussianNoise(RATE)(a)", "another kind"),
        Wrong("one mask in Keras", 3, "a = layers.Dropout(RATE, noise_shape=(1, units))(a)",
              "draw of its own"),
    ],
    "adam-by-hand": [
        Wrong("t counts by two", 1, "self.t.assign_add(2.0)", "count"),
        Wrong("no correction", 2, "alpha = LEARNING_RATE", "start at zero"),
        Wrong("no correction of v", 2, "alpha = LEARNING_RATE / (1 - BETA_1**self.t)", "rule|zero"),
        Wrong("no root", 2,
              "alpha = LEARNING_RATE * (1 - BETA_2**self.t) / (1 - BETA_1**self.t)", "rule"),
        Wrong("the betas change places", 2,
              "alpha = LEARNING_RATE * tf.sqrt(1 - BETA_1**self.t) / (1 - BETA_2**self.t)",
              "rule|number"),
        Wrong("beta the wrong way round", 3,
              "m.assign((1 - BETA_1) * m + BETA_1 * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * g * g)", "rule|number"),
        Wrong("v without the square", 3,
              "m.assign(BETA_1 * m + (1 - BETA_1) * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * tf.abs(g))", "rule"),
        Wrong("m forgets", 3,
              "m.assign((1 - BETA_1) * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * g * g)", "rule|remembered|numbers"),
        Wrong("v by beta_1", 3,
              "m.assign(BETA_1 * m + (1 - BETA_1) * g)\n"
              "v.assign(BETA_1 * v + (1 - BETA_1) * g * g)", "numbers?"),
        Wrong("epsilon under the root", 4,
              "variable.assign_sub(alpha * m / tf.sqrt(v + EPSILON))", "epsilon"),
        Wrong("up the slope", 4,
              "variable.assign_add(alpha * m / (tf.sqrt(v) + EPSILON))", "sign|LEARNING_RATE"),
        Wrong("no root of v", 4, "variable.assign_sub(alpha * m / (v + EPSILON))", "rule"),
        Wrong("g for m", 4, "variable.assign_sub(alpha * g / (tf.sqrt(v) + EPSILON))",
              "rule|numbers"),
    ],
    "backprop-by-hand": [
        Wrong("the mean is forgotten", 1, "d = tf.nn.softmax(z) - y", "factor|too large"),
        Wrong("the sign at the output", 1, "d = (y - tf.nn.softmax(z)) / len(y)",
              "sign|slope"),
        Wrong("no softmax", 1, "d = (z - y) / len(y)", "slope|operation"),
        Wrong("a fixed batch size", 1, "d = (tf.nn.softmax(z) - y) / 16", "last batch|number"),
        Wrong("not transposed", 2, "d_w = tf.matmul(a, d)\nd_b = tf.reduce_sum(d, axis=0)",
              "inner sizes"),
        Wrong("the mean over the batch in the bias", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.reduce_mean(d, axis=0)",
              "[Ss]um|factor"),
        Wrong("the bias over the wrong axis", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.reduce_sum(d, axis=1)",
              "keepdims"),
        Wrong("the bias gets nothing", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.zeros(w.shape[1])", "never moves"),
        Wrong("no slope of the sigmoid", 3, "d = tf.matmul(d, w, transpose_b=True)",
              "factor|slope"),
        Wrong("the slope at a alone", 3, "d = tf.matmul(d, w, transpose_b=True) * a",
              "factor|slope"),
        Wrong("the slope plus", 3, "d = tf.matmul(d, w, transpose_b=True) * a * (1 + a)",
              "slope|number|sign"),
        Wrong("tanh's slope", 3, "d = tf.matmul(d, w, transpose_b=True) * (1 - a * a)",
              "slope|formula"),
    ],
}  # fmt: skip


def fits(wrong: Wrong, found: Grade) -> bool:
    """Return whether a grade names the gap at fault, and a hint that fits."""
    placed = (found.verdict, found.gap) == (WRONG_VERDICT, wrong.gap)
    return placed and bool(re.search(wrong.hint, found.hint))


QUICK = (
    ("perceptron", "the sum of the losses"),
    ("perceptron", "up the slope"),
)
"""Those that ``make test`` runs."""

SUITE = (
    *QUICK,
    ("perceptron", "the factors change places"),
    ("perceptron", "squares"),
    ("perceptron", "the bias never moves"),
    ("cross-entropy", "the axis is dropped"),
    ("cross-entropy", "the mean over the digits"),
    ("cross-entropy", "the sum of the losses"),
    ("cross-entropy", "divided by a fixed batch size"),
)
"""Those that the whole suite runs, for a search takes others seconds; ``all_wrong`` runs all."""
