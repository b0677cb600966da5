"""The layers of each Keras model, as the workshop's slides have them."""

from itertools import pairwise

import keras
import pytest

from keras_impl.convnet import convnet, convnet_batchnorm, convnet_dropout, convnet_full
from keras_impl.mlp import mlp, mlp_dropout
from keras_impl.perceptron import perceptron

CONV = ["conv_1", "conv_2", "max_pool_2", "conv_3", "max_pool_3", "flatten"]
NORMED = ["batch_norm_1", "conv_1", "batch_norm_2", "conv_2", "max_pool_2",
          "batch_norm_3", "conv_3", "max_pool_3", "flatten"]  # fmt: skip
DENSE = ["dense_1", "dense_2", "dense_3"]
DROPPED = ["dense_1", "dropout_1", "dense_2", "dropout_2", "dense_3"]


@pytest.mark.parametrize(
    ("make", "sizes", "names"),
    [
        (perceptron, [], ["dense_1"]),
        (mlp, [(64, 32, 16)], [*DENSE, "dense_4"]),
        (mlp_dropout, [(64, 32, 16)], [*DROPPED, "dropout_3", "dense_4"]),
        (convnet, [(4, 3, 2), (6, 5)], CONV + DENSE),
        (convnet_dropout, [(4, 3, 2), (6, 5)], CONV + DROPPED),
        (convnet_batchnorm, [(4, 3, 2), (6, 5)], NORMED + DENSE),
        (convnet_full, [(4, 3, 2), (6, 5)], NORMED + DROPPED),
    ],
)
def test_the_layers_stand_in_the_order_of_the_slide(make, sizes, names):
    model = make(*sizes)
    assert [layer.name for layer in model.layers] == ["x", *names]


def test_a_dense_model_has_the_parameters_of_its_widths():
    assert perceptron().count_params() == 784 + 1
    widths = (784, 64, 32, 16, 10)
    wanted = sum((m + 1) * n for m, n in pairwise(widths))
    assert mlp((64, 32, 16)).count_params() == wanted == 53_018


def test_the_rate_of_dropout_and_the_initializer_reach_every_layer():
    model = convnet_full((4, 3, 2), (6, 5), keras.initializers.Constant(0.25), dropout_rate=0.125)
    rates = {layer.rate for layer in model.layers if layer.name.startswith("dropout")}
    kernels = [w for layer in model.layers for w in layer.weights if w.name == "kernel"]
    assert rates == {0.125}
    assert len(kernels) == 6
    assert all((keras.ops.convert_to_numpy(kernel) == 0.25).all() for kernel in kernels)
