"""More wrong solutions, written down before the grading had seen any of them.

Their first score, of the grading as it was then, is in ``docs/exercises.md``; it was mended after.
"""

from tests.bench.exercises.judging import Wrong

FRESH: dict[str, list[Wrong]] = {
    "mlp-by-hand": [
        Wrong("no bias in the second layer", 1,
              "a_1 = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)\n"
              "a_2 = tf.nn.sigmoid(tf.matmul(a_1, w_2))\n"
              "a_3 = tf.nn.sigmoid(tf.matmul(a_2, w_3) + b_3)", "bias"),
        Wrong("the last hidden layer has no activation", 1,
              "a_1 = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)\n"
              "a_2 = tf.nn.sigmoid(tf.matmul(a_1, w_2) + b_2)\n"
              "a_3 = tf.matmul(a_2, w_3) + b_3", "activation"),
        Wrong("ReLU in the hidden layers", 1,
              "a = x\n"
              "for w, b in ((w_1, b_1), (w_2, b_2), (w_3, b_3)):\n"
              "    a = tf.nn.relu(tf.matmul(a, w) + b)\n"
              "a_3 = a", "activation"),
        Wrong("the factors change places", 1,
              "a_1 = tf.nn.sigmoid(tf.matmul(w_1, x) + b_1)\n"
              "a_2 = tf.nn.sigmoid(tf.matmul(w_2, a_1) + b_2)\n"
              "a_3 = tf.nn.sigmoid(tf.matmul(w_3, a_2) + b_3)", "matrix product"),
        Wrong("all of a layer in a name that is never made", 1,
              "a_1 = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)\n"
              "a_2 = tf.nn.sigmoid(tf.matmul(a_1, w_2) + b_2)", "name"),
        Wrong("a sigmoid at the logits", 2, "z = tf.nn.sigmoid(tf.matmul(a_3, w_4) + b_4)",
              "activation"),
        Wrong("softmax at the logits", 2, "z = tf.nn.softmax(tf.matmul(a_3, w_4) + b_4)",
              "probabilities twice"),
        Wrong("labels and logits change places", 3,
              "losses = tf.nn.softmax_cross_entropy_with_logits(z, y)\n"
              "loss = tf.reduce_mean(losses)", "swapped arguments"),
        Wrong("the sum of the losses", 3,
              "loss = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(y, z))",
              "sum or mean"),
        Wrong("no number, but one for each image", 3,
              "loss = tf.nn.softmax_cross_entropy_with_logits(y, z)", "sum or mean"),
        Wrong("digits, not one-hot", 3,
              "losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, z)\n"
              "loss = tf.reduce_mean(losses)", "one-hot"),
        Wrong("softmax, then its cross-entropy", 3,
              "p = tf.nn.softmax(z)\n"
              "losses = tf.nn.softmax_cross_entropy_with_logits(y, p)\n"
              "loss = tf.reduce_mean(losses)", "probabilities twice"),
        Wrong("up the slope", 4,
              "gradients = tape.gradient(loss, self.variables)\n"
              "for variable, gradient in zip(self.variables, gradients, strict=True):\n"
              "    variable.assign_add(LEARNING_RATE * gradient)", "sign"),
        Wrong("no learning rate", 4,
              "gradients = tape.gradient(loss, self.variables)\n"
              "for variable, gradient in zip(self.variables, gradients, strict=True):\n"
              "    variable.assign_sub(gradient)", "step length"),
        Wrong("the variable becomes the step", 4,
              "gradients = tape.gradient(loss, self.variables)\n"
              "for variable, gradient in zip(self.variables, gradients, strict=True):\n"
              "    variable.assign(-LEARNING_RATE * gradient)", "update rule"),
        Wrong("weights alone, no biases", 4,
              "gradients = tape.gradient(loss, self.variables)\n"
              "for i in range(0, len(gradients), 2):\n"
              "    self.variables[i].assign_sub(LEARNING_RATE * gradients[i])", "never moves"),
        Wrong("Python's minus makes no new value", 4,
              "gradients = tape.gradient(loss, self.variables)\n"
              "for variable, gradient in zip(self.variables, gradients, strict=True):\n"
              "    variable = variable - LEARNING_RATE * gradient", "never moves"),
        Wrong("sigmoid for softmax", 5, "p = tf.nn.sigmoid(z)", "activation"),
        Wrong("softmax over the batch", 5, "p = tf.nn.softmax(z, axis=0)", "axis"),
        Wrong("the digit, not its probability", 5, "p = tf.argmax(z, axis=1)", "probabilities"),
        Wrong("nothing comes out", 5, "print(tf.nn.softmax(z))", "name"),
    ],
    "dense-layer": [
        Wrong("weights the wrong way round", 1,
              "r = np.sqrt(6 / (n_in + n_out))\n"
              "self.w = tf.Variable(RNG.uniform(-r, r, (n_out, n_in)).astype('float32'))\n"
              "self.b = tf.Variable(tf.zeros(n_out))", "shape"),
        Wrong("float64", 1,
              "r = np.sqrt(6 / (n_in + n_out))\n"
              "self.w = tf.Variable(RNG.uniform(-r, r, (n_in, n_out)))\n"
              "self.b = tf.Variable(tf.zeros(n_out))", "type of number"),
        Wrong("no variables", 1,
              "r = np.sqrt(6 / (n_in + n_out))\n"
              "self.w = tf.constant(RNG.uniform(-r, r, (n_in, n_out)).astype('float32'))\n"
              "self.b = tf.zeros(n_out)", "variable"),
        Wrong("a bias for each input", 1,
              "r = np.sqrt(6 / (n_in + n_out))\n"
              "self.w = tf.Variable(RNG.uniform(-r, r, (n_in, n_out)).astype('float32'))\n"
              "self.b = tf.Variable(tf.zeros(n_in))", "shape"),
        Wrong("an elementwise product", 2, "z = x * self.w + self.b", "shape"),
        Wrong("no bias", 2, "z = tf.matmul(x, self.w)", "bias"),
        Wrong("the sigmoid everywhere", 3, "a = tf.nn.sigmoid(z)", "activation"),
        Wrong("the wrong way round", 3,
              "a = z if self.activation == 'sigmoid' else tf.nn.sigmoid(z)", "activation"),
        Wrong("a comparison that never holds", 3,
              "a = tf.nn.sigmoid(z) if self.activation == 'Sigmoid' else z", "activation"),
    ],
    "convnet-in-keras": [
        Wrong("not padded", 1,
              "a = layers.Conv2D(32, 3, activation='relu')(a)\n"
              "a = layers.Conv2D(32, 3, activation='relu')(a)\n"
              "a = layers.MaxPooling2D(2)(a)", "padding"),
        Wrong("no ReLU", 1,
              "a = layers.Conv2D(32, 3, padding='same')(a)\n"
              "a = layers.Conv2D(32, 3, padding='same')(a)\n"
              "a = layers.MaxPooling2D(2)(a)", "activation"),
        Wrong("no pooling", 2,
              "a = layers.Conv2D(16, 3, padding='same', activation='relu')(a)\n"
              "a = layers.Flatten()(a)", "shape"),
        Wrong("windows of 5 x 5", 2,
              "a = layers.Conv2D(16, 5, padding='same', activation='relu')(a)\n"
              "a = layers.MaxPooling2D(2)(a)\n"
              "a = layers.Flatten()(a)", "shape"),
        Wrong("the mean of each window", 2,
              "a = layers.Conv2D(16, 3, padding='same', activation='relu')(a)\n"
              "a = layers.AveragePooling2D(2)(a)\n"
              "a = layers.Flatten()(a)", "layer"),
        Wrong("softmax everywhere", 3,
              "a = layers.Dense(32, activation='softmax')(a)\n"
              "a = layers.Dense(16, activation='softmax')(a)\n"
              "y = layers.Dense(10, activation='softmax')(a)", "activation"),
        Wrong("a layer in between too few", 3,
              "a = layers.Dense(32, activation='relu')(a)\n"
              "y = layers.Dense(10, activation='softmax')(a)", "shape"),
    ],
    "convnet-dropout-batchnorm": [
        Wrong("without the scale", 1, "a = layers.BatchNormalization(scale=False)(a)", "scale"),
        Wrong("dropout at the convolutions", 1,
              "a = layers.BatchNormalization()(a)\na = layers.Dropout(RATE)(a)", "layer"),
        Wrong("layer normalisation", 1, "a = layers.LayerNormalization()(a)", "layer"),
        Wrong("the share that is kept", 2, "a = layers.Dropout(0.8)(a)", "rate"),
    ],
    "convnet-by-hand": [
        Wrong("not padded", 1,
              "z = tf.nn.conv2d(x, w, strides=1, padding='VALID')\n"
              "a = tf.nn.relu(tf.nn.bias_add(z, b))", "padding"),
        Wrong("no ReLU", 1,
              "z = tf.nn.conv2d(x, w, strides=1, padding='SAME')\n"
              "a = tf.nn.bias_add(z, b)", "activation"),
        Wrong("the bias after ReLU", 1,
              "z = tf.nn.conv2d(x, w, strides=1, padding='SAME')\n"
              "a = tf.nn.bias_add(tf.nn.relu(z), b)", "order"),
        Wrong("no bias", 1,
              "a = tf.nn.relu(tf.nn.conv2d(x, w, strides=1, padding='SAME'))", "bias"),
        Wrong("a mean", 2,
              "a = tf.nn.avg_pool2d(x, ksize=2, strides=2, padding='VALID')", "sum or mean"),
        Wrong("windows that overlap", 2,
              "a = tf.nn.max_pool2d(x, ksize=2, strides=1, padding='SAME')", "shape"),
        Wrong("the axes change places", 3,
              "a = tf.reshape(tf.transpose(x, (0, 3, 1, 2)), (len(x), -1))", "order"),
        Wrong("one row for all", 3, "a = tf.reshape(x, (1, -1))", "shape"),
    ],
    "epoch-in-a-graph": [
        Wrong("targets are not reordered", 2, "x = tf.gather(x, order)", "order"),
        Wrong("no order", 2, "x, y = x, y", "order"),
        Wrong("the last batch is left out", 3,
              "for begin in tf.range(0, len(order) - batch_size + 1, batch_size):\n"
              "    loss = self.train_step(x[begin : begin + batch_size], "
              "y[begin : begin + batch_size])", "last batch"),
        Wrong("the whole at once", 3, "loss = self.train_step(x, y)", "batches"),
    ],
    "all-reduce-by-hand": [
        Wrong("the mean of each share", 1, "loss = tf.reduce_mean(losses)", "shares"),
        Wrong("the sum of all", 1, "loss = tf.reduce_sum(losses)", "sum or mean"),
        Wrong("replaced, not added", 2, "chunks[to][k] = sent[i]", "update rule"),
        Wrong("added to the one who sends", 2, "chunks[i][k] = chunks[i][k] + sent[i]",
              "receiver"),
        Wrong("added once more", 3, "chunks[to][k] = chunks[to][k] + sent[i]", "added twice"),
    ],
    "perceptron": [
        Wrong("learning rate alone", 4,
              "d_w, d_b = tape.gradient(loss, self.variables)\n"
              "self.w.assign_sub(LEARNING_RATE * d_w)\n"
              "self.b.assign_sub(LEARNING_RATE)", "shape"),
        Wrong("a logarithm too few", 3,
              "losses = -y * p - (1 - y) * (1 - p)\nloss = tf.reduce_mean(losses)", "other loss"),
        Wrong("tape asked twice", 4,
              "d_w = tape.gradient(loss, self.w)\n"
              "d_b = tape.gradient(loss, self.b)\n"
              "self.w.assign_sub(LEARNING_RATE * d_w)\n"
              "self.b.assign_sub(LEARNING_RATE * d_b)", "tape once"),
        Wrong("base 10", 3,
              "log = lambda v: tf.math.log(v) / tf.math.log(10.0)\n"
              "loss = tf.reduce_mean(-y * log(p) - (1 - y) * log(1 - p))", "factor"),
    ],
    "adam-by-hand": [
        Wrong("t from zero", 1, "self.t.assign(0.0)", "counter"),
        Wrong("momentum without v", 4, "variable.assign_sub(alpha * m)", "root"),
        Wrong("the corrected means once more", 3,
              "m.assign((BETA_1 * m + (1 - BETA_1) * g) / (1 - BETA_1**self.t))\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * g * g)", "running mean"),
        Wrong("v first takes the mean of m", 3,
              "m.assign(BETA_1 * m + (1 - BETA_1) * g)\n"
              "v.assign(BETA_2 * v + (1 - BETA_2) * m * m)", "running mean"),
    ],
    "dropout": [
        Wrong("the share that is kept", 1,
              "kept = tf.random.uniform(tf.shape(a)) < rate\n"
              "a = tf.where(kept, a / rate, tf.zeros_like(a)) * 0.7", "factor"),
        Wrong("kept and dropped change places in the scale", 1,
              "kept = tf.random.uniform(tf.shape(a)) >= 0.3\n"
              "a = tf.where(kept, a / 0.7, tf.zeros_like(a))", "rate"),
        Wrong("after the output of the whole", 2, "a = a * (1 - RATE)", "dropped"),
    ],
    "backprop-by-hand": [
        Wrong("labels minus one", 1, "d = (tf.nn.sigmoid(z) - y) / len(y)", "activation"),
        Wrong("weights not summed over the batch", 2,
              "d_w = tf.matmul(d, a, transpose_a=True)\nd_b = tf.reduce_sum(d, axis=0)",
              "matrix product"),
        Wrong("the slope at z", 3,
              "d = tf.matmul(d, w, transpose_b=True) * tf.nn.sigmoid(a) "
              "* (1 - tf.nn.sigmoid(a))", "slope"),
    ],
}  # fmt: skip
