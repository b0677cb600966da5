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
    from rawtf.classifier import Classifier
    from rawtf.dense import dense_shapes

    class Relu100(Classifier):
        """By hand. The loss, the softmax and the training loop come with ``Classifier``."""

        def forward(self, x, training):
            a_1 = self.kernels.relu(self.layer(x, "dense_1"))  # (batch, 100)
            return self.layer(a_1, "dense_2"), []  # (batch, 10)

    def shapes(spec):
        """Name every variable as the Keras layers below name theirs."""
        (n_1,) = spec.hidden_layers
        return {**dense_shapes("dense_1", 784, n_1), **dense_shapes("dense_2", n_1, 10)}

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
