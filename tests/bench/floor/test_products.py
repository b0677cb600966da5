"""The products of a step, and that each library does the one that is meant."""

import numpy as np
import pytest
import tensorflow as tf

from bench.anatomy.flops import step_flops
from bench.floor.products import GATHER, MATMUL, Product, products_of
from bench.floor.ways import LIBRARIES, tasks_of
from bench.specs import default_config


@pytest.mark.parametrize(("model", "counts"), [("mlp", (11, 0)), ("convnet", (9, 8))])
def test_products_are_those_of_a_step_forward_and_back(model, counts):
    config = default_config(model)
    products = products_of(config)
    matrix = [product for product in products if product.op == MATMUL]
    assert (len(matrix), len(products) - len(matrix)) == counts
    assert sum(product.flops for product in products) == step_flops(config)
    for product in products:
        assert all(n > 0 for n in (*product.operands[0], *product.operands[1], *product.result))


def test_a_product_is_named_as_it_is_multiplied():
    names = [product.name for product in products_of(default_config("perceptron"))]
    assert sorted(names) == ["MatMul 128x784 by 784x1", "MatMul 784x128 by 128x1"]


def _conv(op, one, other, result):
    return Product(op, (one, other), result, 1, strides=(1, 2, 2, 1), padding="SAME")


IMAGES, KERNEL, MADE = (2, 6, 6, 3), (3, 3, 3, 4), (2, 3, 3, 4)
EACH = [
    Product(MATMUL, ((4, 3), (3, 5)), (4, 5), 1),
    Product(MATMUL, ((3, 4), (5, 3)), (4, 5), 1, transposed=(True, True)),
    _conv("Conv2D", IMAGES, KERNEL, MADE),
    _conv("Conv2DBackpropInput", KERNEL, MADE, IMAGES),
    _conv("Conv2DBackpropFilter", IMAGES, MADE, KERNEL),
    Product(GATHER, ((9, 3), (4,)), (4, 3), 0),
]


def _right(product, a, b):
    """Return what a product is, by other means than those that are timed."""
    if product.op == GATHER:
        return a[b]
    if product.op == MATMUL:
        turn_a, turn_b = product.transposed
        return np.einsum(f"{'ji' if turn_a else 'ij'},{'kj' if turn_b else 'jk'}->ik", a, b)
    images, kernel = tf.ones(IMAGES) * 0.5, tf.ones(KERNEL) * 0.5
    if product.op != "Conv2DBackpropInput":
        images = tf.constant(a)
    if product.op == "Conv2DBackpropInput":
        kernel = tf.constant(a)
    if product.op == "Conv2D":
        kernel = tf.constant(b)
    with tf.GradientTape() as tape:
        tape.watch([images, kernel])
        made = tf.nn.conv2d(images, kernel, 2, "SAME")
    if product.op == "Conv2D":
        return made
    of = images if product.op == "Conv2DBackpropInput" else kernel
    return tape.gradient(made, of, output_gradients=tf.constant(b))


@pytest.mark.parametrize("product", EACH, ids=lambda product: product.name)
def test_every_library_does_the_product(product):
    data = np.random.default_rng(1).random((9, 3), np.float32)
    tasks = tasks_of(product, 2, data)
    works = {name: do(tasks) for name, do in LIBRARIES.items()}
    assert (works["NumPy"] is None) == product.op.startswith("Conv")
    for name, work in works.items():
        for made, (_, each) in zip(work() if work else [], tasks, strict=bool(work)):
            right = np.asarray(_right(product, *each))
            assert np.shape(made) == product.result, name
            np.testing.assert_allclose(made, right, atol=1e-5)  # sums of at most 36 terms near 1
