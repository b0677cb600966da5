"""Right solutions written otherwise than the library's: each has to pass, and shows the rounding.

A gap's number and the code that stands in it, by exercise and by what is other about it.
"""

RIGHT: dict[str, dict[str, dict[int, str]]] = {
    "perceptron": {
        "plus for bias_add, names of one's own": {
            1: "weighted = x @ self.w + self.b\nz = weighted",
        },
        "the sigmoid written out": {2: "p = 1 / (1 + tf.exp(-z))"},
        "the loss from logits": {
            3: "losses = tf.nn.sigmoid_cross_entropy_with_logits(y, self.logits(x))\n"
               "loss = tf.reduce_mean(losses)",
        },
        "float64 in between": {
            3: "p, y = tf.cast(p, tf.float64), tf.cast(y, tf.float64)\n"
               "losses = -y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p)\n"
               "loss = tf.cast(tf.reduce_mean(losses), tf.float32)",
        },
        "image by image": {
            3: "terms = [-t * tf.math.log(q) - (1 - t) * tf.math.log(1 - q) "
               "for t, q in zip(tf.unstack(y), tf.unstack(p))]\n"
               "loss = tf.add_n(terms)[0] / len(terms)",
        },
        "a loop over the variables": {
            4: "for v, slope in zip(self.variables, tape.gradient(loss, self.variables)):\n"
               "    v.assign(v - LEARNING_RATE * slope)",
        },
    },
    "cross-entropy": {
        "einsum and logsumexp": {
            1: "log_p = z - tf.math.reduce_logsumexp(z, axis=-1, keepdims=True)",
            2: "losses = -tf.einsum('nk,nk->n', y_true, log_p)",
        },
        "the right digit looked up": {
            2: "losses = -tf.gather(log_p, tf.argmax(y_true, axis=1), batch_dims=1)",
        },
        "sum over size": {3: "loss = tf.reduce_sum(losses) / tf.cast(tf.size(losses), z_type)\n"
                             .replace("z_type", "tf.float32")},
    },
    "dense-layer": {
        "glorot by another road": {
            1: "limit = (6.0 / (n_in + n_out)) ** 0.5\n"
               "start = RNG.uniform(low=-1, high=1, size=(n_in, n_out)) * limit\n"
               "self.w = tf.Variable(start, dtype=tf.float32)\n"
               "self.b = tf.Variable(np.zeros(n_out, 'float32'))",
            2: "z = tf.einsum('ni,io->no', x, self.w) + self.b",
            3: "a = z\nif self.activation is not None:\n    a = 1 / (1 + tf.exp(-z))",
        },
    },
    "mlp-by-hand": {
        "a loop over the layers": {
            1: "a = x\n"
               "for w, b in zip(self.variables[:6:2], self.variables[1:6:2]):\n"
               "    a = tf.math.sigmoid(a @ w + b)\n"
               "a_3 = a",
            2: "z = tf.tensordot(a_3, w_4, 1) + b_4",
        },
        "the loss written out": {
            3: "log_p = z - tf.reduce_logsumexp(z, axis=1, keepdims=True)\n"
               "loss = -tf.reduce_sum(y * log_p) / len(y)",
            5: "e = tf.exp(z - tf.reduce_max(z, axis=1, keepdims=True))\n"
               "p = e / tf.reduce_sum(e, axis=1, keepdims=True)",
        },
        "labels as numbers": {
            3: "digits = tf.argmax(y, axis=1)\n"
               "losses = tf.nn.sparse_softmax_cross_entropy_with_logits(digits, z)\n"
               "loss = tf.add_n(tf.unstack(losses)) / len(y)",
        },
        "slopes one variable at a time": {
            4: "slopes = tape.gradient(loss, self.variables)\n"
               "for i in range(len(slopes)):\n"
               "    self.variables[i].assign_add(-LEARNING_RATE * slopes[i])",
        },
    },
    "mlp-in-keras": {
        "activations as layers of their own": {
            1: "for units in HIDDEN_LAYERS:\n"
               "    a = layers.Activation('sigmoid')(layers.Dense(units)(a))",
            2: "y = layers.Softmax()(layers.Dense(10)(a))",
        },
        "the loss as an object": {3: "loss = keras.losses.CategoricalCrossentropy()"},
        "Keras finds the logits by itself": {
            3: "loss = keras.losses.CategoricalCrossentropy(from_logits=True)",
        },
        "momentum of zero": {
            4: "optimizer = keras.optimizers.SGD(learning_rate=LEARNING_RATE, momentum=0.0)",
        },
    },
    "dropout": {
        "TensorFlow's own": {1: "a = tf.nn.dropout(a, rate)"},
        "the others are kept": {
            1: "mask = tf.cast(tf.random.uniform(tf.shape(a)) < 1 - rate, tf.float32)\n"
               "a = a * mask / (1 - rate)",
        },
        "the workshop's floor": {
            1: "keep = 1 - rate\n"
               "a = a / keep * tf.floor(keep + tf.random.uniform(tf.shape(a)))",
        },
        "NumPy draws": {
            1: "mask = (np.random.random(a.shape) >= rate).astype('float32')\n"
               "a = a * mask / (1 - rate)",
        },
        "where it is used, by NumPy's draws": {
            2: "if training:\n"
               "    a = a * 2 * np.random.binomial(1, 0.5, a.shape).astype('float32')",
        },
        "nothing at prediction, said the other way round": {
            2: "a = dropout(a, RATE if training else 0.0)",
        },
    },
    "convnet-in-keras": {
        "windows as pairs": {
            1: "for _ in range(2):\n"
               "    a = layers.Conv2D(32, (3, 3), padding='same')(a)\n"
               "    a = layers.ReLU()(a)\n"
               "a = layers.MaxPool2D((2, 2))(a)",
            2: "a = layers.Conv2D(16, (3, 3), padding='same', activation=keras.ops.relu)(a)\n"
               "a = layers.MaxPool2D()(a)\n"
               "a = layers.Reshape((784,))(a)",
        },
    },
    "convnet-by-hand": {
        "padded by hand": {
            1: "padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])\n"
               "a = tf.maximum(tf.nn.conv2d(padded, w, 1, 'VALID') + b, 0.0)",
            2: "n, h, wide, c = x.shape\n"
               "a = tf.reduce_max(tf.reshape(x, (n, h // 2, 2, wide // 2, 2, c)), axis=(2, 4))",
            3: "a = tf.reshape(x, (x.shape[0], x.shape[1] * x.shape[2] * x.shape[3]))",
        },
    },
    "convnet-dropout-batchnorm": {
        "settings spelt out": {
            1: "a = layers.BatchNormalization(axis=-1, momentum=0.99, epsilon=1e-3)(a)",
        },
    },
    "adam-by-hand": {
        "the means moved by a difference": {
            3: "m.assign_add((g - m) * (1 - BETA_1))\n"
               "v.assign_add((tf.square(g) - v) * (1 - BETA_2))",
        },
        "the correction by exp and log": {
            2: "one, two = (1 - tf.exp(self.t * tf.math.log(beta)) for beta in (BETA_1, BETA_2))\n"
               "alpha = LEARNING_RATE / one * two ** 0.5",
        },
        "corrected means, as the paper has them": {
            2: "alpha = tf.constant(LEARNING_RATE)",
            4: "m_hat = m / (1 - BETA_1 ** self.t)\n"
               "root = tf.sqrt(1 - BETA_2 ** self.t)\n"
               "variable.assign_sub(alpha * m_hat * root / (tf.sqrt(v) + EPSILON))",
        },
    },
    "backprop-by-hand": {
        "einsum, and the share of an image at the end": {
            1: "d = (tf.exp(z) / tf.reduce_sum(tf.exp(z), 1, keepdims=True) - y) / y.shape[0]",
            2: "d_w = tf.einsum('ni,no->io', a, d)\nd_b = tf.einsum('no->o', d)",
            3: "d = tf.einsum('no,io->ni', d, w) * (a - a ** 2)",
        },
        "in float64": {
            2: "wide, slope = tf.cast(a, tf.float64), tf.cast(d, tf.float64)\n"
               "d_w = tf.cast(tf.transpose(wide) @ slope, tf.float32)\n"
               "d_b = tf.cast(tf.reduce_sum(slope, 0), tf.float32)",
        },
        "image by image": {
            2: "pairs = zip(tf.unstack(a), tf.unstack(d))\n"
               "d_w = tf.add_n([tf.tensordot(i, o, 0) for i, o in pairs])\n"
               "d_b = tf.add_n(tf.unstack(d))",
        },
    },
    "epoch-in-a-graph": {
        "while, and the graph at once": {
            1: "self.compiled_epoch = tf.function(self.epoch, reduce_retracing=True)",
            2: "x = tf.gather(x, order)\ny = tf.gather(y, order)",
            3: "begin = tf.constant(0)\n"
               "while begin < len(order):\n"
               "    loss = self.train_step(x[begin : begin + batch_size], "
               "y[begin : begin + batch_size])\n"
               "    begin += batch_size",
        },
        "the order cut, not the data": {
            2: "data = (x, y)",
            3: "for begin in tf.range(0, tf.size(order), batch_size):\n"
               "    rows = order[begin : begin + batch_size]\n"
               "    loss = self.train_step(tf.gather(x, rows), tf.gather(y, rows))",
        },
    },
    "all-reduce-by-hand": {
        "the mean, weighed by the share": {
            1: "loss = tf.reduce_mean(losses) * (len(losses) / batch)",
            2: "chunks[to][k] += sent[i]",
            3: "chunks[to][k] = tf.identity(sent[i])",
        },
    },
}  # fmt: skip
