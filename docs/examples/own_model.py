"""A model of one's own, by hand and in Keras: 784-100-10 with ReLU, told to gvk by GVK_MODELS.

GVK_MODELS=docs/examples/own_model.py gvk parity relu-100
"""

from bench.specs import ModelSpec

MODELS = {
    "relu-100": ModelSpec(
        name="relu-100",
        summary="one hidden layer of 100 units with ReLU",
        loss="categorical_crossentropy",
        n_outputs=10,
        hidden_layers=(100,),
        batch_size=64,
        epochs=5,
        iterations=860,
        learning_rate=0.1,
        raw_sampling="permutation",
        keras_sampling="permutation",
    )
}


def twins():
    """Return both implementations; TensorFlow and Keras are imported when they are needed."""
    import keras

    from bench.twins import Twins
    from rawtf.model import Model

    class Relu100(Model):
        """By hand. ``Model`` makes the variables; the training loop is an engine's."""

        def forward(self, x, training):
            k, v = self.kernels, self.variables
            z_1 = k.bias_add(k.matmul(x, v["dense_1/kernel"]), v["dense_1/bias"])
            a_1 = k.relu(z_1)  # (batch, 100)
            z_2 = k.bias_add(k.matmul(a_1, v["dense_2/kernel"]), v["dense_2/bias"])
            return z_2, []  # (batch, 10), and nothing that changes beside the parameters

        def losses(self, y, logits):
            return self.kernels.categorical_cross_entropy(y, logits)

        def probabilities(self, logits):
            return self.kernels.softmax(logits)

    def shapes(spec):
        """Name every variable as the Keras layers below name theirs."""
        (n_1,) = spec.hidden_layers
        return {
            "dense_1/kernel": (784, n_1),
            "dense_1/bias": (n_1,),
            "dense_2/kernel": (n_1, 10),
            "dense_2/bias": (10,),
        }

    def in_keras(spec, init):
        x = keras.Input((784,))
        a = keras.layers.Dense(
            spec.hidden_layers[0], "relu", kernel_initializer=init, name="dense_1"
        )(x)
        y = keras.layers.Dense(10, "softmax", kernel_initializer=init, name="dense_2")(a)
        return keras.Model(x, y)

    def by_hand(spec, values, kernels):
        return Relu100(values, kernels)

    return {"relu-100": Twins(shapes=shapes, raw=by_hand, keras=in_keras)}
