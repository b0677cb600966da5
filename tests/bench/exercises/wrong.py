"""Wrong solutions as who learns writes them; ``fresh`` has more."""

from tests.bench.exercises.fresh import FRESH
from tests.bench.exercises.judging import Wrong

WRONG: dict[str, list[Wrong]] = {
    "perceptron": [
        Wrong("the bias is missing", 1, "z = tf.matmul(x, self.w)", "bias"),
        Wrong("the factors change places", 1, "z = tf.matmul(self.w, x) + self.b",
              "matrix product"),
        Wrong("the bias is taken off", 1, "z = tf.matmul(x, self.w) - self.b", "bias"),
        Wrong("softmax of one number", 2, "p = tf.nn.softmax(z)", "activation"),
        Wrong("the sigmoid twice", 2, "p = tf.nn.sigmoid(tf.nn.sigmoid(z))",
              "probabilities twice"),
        Wrong("tanh", 2, "p = (tf.nn.tanh(z) + 1) / 2", "activation"),
        Wrong("the sum of the losses", 3,
              "losses = -y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p)\n"
              "loss = tf.reduce_sum(losses)", "sum or mean"),
        Wrong("the sign of the loss", 3,
              "losses = y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p)\n"
              "loss = tf.reduce_mean(losses)", "sign"),
        Wrong("half of the loss", 3, "loss = tf.reduce_mean(-y * tf.math.log(p))",
              "other loss"),
        Wrong("squares", 3, "loss = tf.reduce_mean((p - y) ** 2)", "other loss"),
        Wrong("up the slope", 4,
              "d_w, d_b = tape.gradient(loss, self.variables)\n"
              "self.w.assign_add(LEARNING_RATE * d_w)\n"
              "self.b.assign_add(LEARNING_RATE * d_b)", "sign"),
        Wrong("the bias never moves", 4,
              "d_w, d_b = tape.gradient(loss, self.variables)\n"
              "self.w.assign_sub(LEARNING_RATE * d_w)", "never moves"),
    ],
    "cross-entropy": [
        Wrong("the sum over the batch", 1,
              "log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=0, keepdims=True))", "axis"),
        Wrong("the axis is dropped", 1,
              "log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))", "axis"),
        Wrong("softmax, not its logarithm", 1,
              "log_p = tf.exp(z) / tf.reduce_sum(tf.exp(z), axis=1, keepdims=True)", "logarithm"),
        Wrong("softmax twice", 1,
              "p = tf.nn.softmax(z)\n"
              "log_p = p - tf.math.log(tf.reduce_sum(tf.exp(p), axis=1, keepdims=True))",
              "probabilities twice"),
        Wrong("the mean of exp", 1,
              "log_p = z - tf.math.log(tf.reduce_mean(tf.exp(z), axis=1, keepdims=True))",
              "sum or mean"),
        Wrong("the sign of the loss", 2, "losses = tf.reduce_sum(y_true * log_p, axis=1)", "sign"),
        Wrong("the loss of each digit", 2, "losses = -tf.reduce_sum(y_true * log_p, axis=0)",
              "axis"),
        Wrong("the mean over the digits", 2, "losses = -tf.reduce_mean(y_true * log_p, axis=1)",
              "sum or mean"),
        Wrong("binary cross-entropy", 2,
              "p = tf.exp(log_p)\n"
              "losses = -tf.reduce_sum(y_true * log_p + (1 - y_true) * tf.math.log(1 - p), axis=1)",
              "formula"),
        Wrong("the sum of the losses", 3, "loss = tf.reduce_sum(losses)", "sum or mean"),
        Wrong("divided by a fixed batch size", 3, "loss = tf.reduce_sum(losses) / 16",
              "last batch"),
        Wrong("the largest of the losses", 3, "loss = tf.reduce_max(losses)", "sum or mean"),
    ],
    "mlp-in-keras": [
        Wrong("no activation", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units)(a)", "activation"),
        Wrong("ReLU", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units, activation='relu')(a)",
              "activation"),
        Wrong("each on the input", 1,
              "for units in HIDDEN_LAYERS:\n    a = layers.Dense(units, activation='sigmoid')(x)",
              "what a layer is called on"),
        Wrong("a layer too few", 1,
              "for units in HIDDEN_LAYERS[:2]:\n"
              "    a = layers.Dense(units, activation='sigmoid')(a)", "layer"),
        Wrong("no bias", 1,
              "for units in HIDDEN_LAYERS:\n"
              "    a = layers.Dense(units, activation='sigmoid', use_bias=False)(a)", "bias"),
        Wrong("nine digits", 2, "y = layers.Dense(9, activation='softmax')(a)", "shape"),
        Wrong("sigmoid at the output", 2, "y = layers.Dense(10, activation='sigmoid')(a)",
              "activation"),
        Wrong("logits at the output", 2, "y = layers.Dense(10)(a)", "activation"),
        Wrong("Poisson's loss", 3, "loss = keras.losses.Poisson()", "other loss"),
        Wrong("squares", 3, "loss = keras.losses.MeanSquaredError()", "other loss"),
        Wrong("the sum of the losses", 3,
              "loss = keras.losses.CategoricalCrossentropy(reduction='sum')", "sum or mean"),
        Wrong("Keras's own learning rate", 4, "optimizer = 'sgd'", "step length"),
        Wrong("Adam", 4, "optimizer = keras.optimizers.Adam(LEARNING_RATE)", "another optimizer"),
    ],
    "dropout": [
        Wrong("nothing is scaled up", 1,
              "kept = tf.random.uniform(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a, tf.zeros_like(a))", "scale"),
        Wrong("scaled by the rate squared", 1,
              "kept = tf.random.uniform(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a * (1 - rate), tf.zeros_like(a))", "scale"),
        Wrong("the mask of one image for all", 1,
              "kept = tf.random.uniform((1, a.shape[1])) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "drawn together"),
        Wrong("the same mask each step", 1,
              "kept = tf.random.stateless_uniform(tf.shape(a), (1, 2)) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "drawn anew"),
        Wrong("a mask of normal numbers", 1,
              "kept = tf.random.normal(tf.shape(a)) >= rate\n"
              "a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))", "rate"),
        Wrong("in prediction too", 2, "a = dropout(a, RATE)", "prediction"),
        Wrong("in prediction alone", 2, "if not training:\n    a = dropout(a, RATE)",
              "dropped"),
        Wrong("another rate", 2, "if training:\n    a = dropout(a, 0.2)",
              "rate"),
        Wrong("twice", 2, "if training:\n    a = dropout(dropout(a, RATE), RATE)", "dropped"),
        Wrong("a rate of its own in Keras", 3, "a = layers.Dropout(0.2)(a)", "rate"),
        Wrong("noise in Keras", 3, "a = layers.GaussianNoise(RATE)(a)", "layer"),
        Wrong("one mask in Keras", 3, "a = layers.Dropout(RATE, noise_shape=(1, units))(a)",
              "drawn together"),
    ],
    "adam-by-hand": [
        Wrong("t counts by two", 1, "self.t.assign_add(2.0)", "counter"),
        Wrong("no correction", 2, "alpha = 1.0 * LEARNING_RATE", "correction"),
        Wrong("no correction of v", 2, "alpha = LEARNING_RATE / (1 - BETA_1**self.t)",
              "correction"),
        Wrong("no root", 2,
              "alpha = LEARNING_RATE * (1 - BETA_2**self.t) / (1 - BETA_1**self.t)", "operation"),
        Wrong("the betas change places", 2,
              "alpha = LEARNING_RATE * tf.sqrt(1 - BETA_1**self.t) / (1 - BETA_2**self.t)",
              "other name"),
        Wrong("beta the wrong way round", 3,
              "m.assign((1 - BETA_1) * m + BETA_1 * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * g * g)", "running mean"),
        Wrong("v without the square", 3,
              "m.assign(BETA_1 * m + (1 - BETA_1) * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * tf.abs(g))", "operation"),
        Wrong("m forgets", 3,
              "m.assign((1 - BETA_1) * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * g * g)", "running mean"),
        Wrong("v by beta_1", 3,
              "m.assign(BETA_1 * m + (1 - BETA_1) * g)\n"
              "v.assign(BETA_1 * v + (1 - BETA_1) * g * g)", "running mean"),
        Wrong("epsilon under the root", 4,
              "variable.assign_sub(alpha * m / tf.sqrt(v + EPSILON))", "epsilon"),
        Wrong("up the slope", 4,
              "variable.assign_add(alpha * m / (tf.sqrt(v) + EPSILON))", "sign"),
        Wrong("no root of v", 4, "variable.assign_sub(alpha * m / (v + EPSILON))", "operation"),
        Wrong("g for m", 4, "variable.assign_sub(alpha * g / (tf.sqrt(v) + EPSILON))",
              "other name"),
    ],
    "backprop-by-hand": [
        Wrong("the mean is forgotten", 1, "d = tf.nn.softmax(z) - y", "sum or mean"),
        Wrong("the sign at the output", 1, "d = (y - tf.nn.softmax(z)) / len(y)",
              "sign"),
        Wrong("no softmax", 1, "d = (z - y) / len(y)", "activation"),
        Wrong("a fixed batch size", 1, "d = (tf.nn.softmax(z) - y) / 16", "last batch"),
        Wrong("not transposed", 2, "d_w = tf.matmul(a, d)\nd_b = tf.reduce_sum(d, axis=0)",
              "matrix product"),
        Wrong("the mean over the batch in the bias", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.reduce_mean(d, axis=0)",
              "sum or mean"),
        Wrong("the bias over the wrong axis", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.reduce_sum(d, axis=1)",
              "axis"),
        Wrong("the bias gets nothing", 2,
              "d_w = tf.matmul(a, d, transpose_a=True)\nd_b = tf.zeros(w.shape[1])", "zero"),
        Wrong("no slope of the sigmoid", 3, "d = tf.matmul(d, w, transpose_b=True)",
              "slope"),
        Wrong("the slope at a alone", 3, "d = tf.matmul(d, w, transpose_b=True) * a",
              "slope"),
        Wrong("the slope plus", 3, "d = tf.matmul(d, w, transpose_b=True) * a * (1 + a)",
              "slope"),
        Wrong("tanh's slope", 3, "d = tf.matmul(d, w, transpose_b=True) * (1 - a * a)",
              "slope"),
    ],
}  # fmt: skip


def every(name: str) -> list[Wrong]:
    """Return all wrong solutions of an exercise."""
    return [*WRONG.get(name, []), *FRESH.get(name, [])]


QUICK = (
    ("perceptron", "the sum of the losses"),
    ("adam-by-hand", "g for m"),
    ("dropout", "the same mask each step"),
)
"""Those that ``make test`` runs."""

SUITE = (
    *QUICK,
    ("perceptron", "the factors change places"),
    ("perceptron", "the bias is taken off"),
    ("cross-entropy", "the axis is dropped"),
    ("cross-entropy", "binary cross-entropy"),
    ("mlp-by-hand", "a sigmoid at the logits"),
    ("mlp-by-hand", "labels and logits change places"),
    ("mlp-in-keras", "a layer too few"),
    ("adam-by-hand", "m forgets"),
    ("backprop-by-hand", "the slope at a alone"),
    ("all-reduce-by-hand", "the sum of all"),
)
"""Those that the whole suite runs; ``all_wrong`` runs all, some of which need a long search."""
