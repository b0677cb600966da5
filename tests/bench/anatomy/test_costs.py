"""What a side costs besides speed: counted where a count is known, there where it is timed."""

import math
import subprocess
import sys
from itertools import pairwise

import pytest

from bench.anatomy.costs import costs
from bench.anatomy.costs_report import PHASES, costs_table
from bench.anatomy.flops import graph_flops, step_flops
from bench.host.gpu import NOT_MEASURED
from bench.specs import default_config


def test_the_flops_of_a_perceptrons_and_an_mlps_step_are_those_of_the_formula():
    # 2 m n k forward and for each kernel's gradient; for the inputs' too, but for the first layer
    assert step_flops(default_config("perceptron")) == 128 * 2 * 2 * 784
    widths = (784, 64, 32, 16, 10)
    products = [m * n for m, n in pairwise(widths)]
    assert step_flops(default_config("mlp")) == 128 * 2 * (3 * sum(products) - products[0])


def test_the_flops_of_a_convnet_are_those_of_the_formula_at_any_width():
    def expected(f, h, batch):
        # the second and the third convolution end in pooling, which halves the size
        convolutions = [(28, 1, f[0]), (28, f[0], f[1]), (14, f[1], f[2])]
        products = [size**2 * 9 * n_in * n_out for size, n_in, n_out in convolutions]
        widths = (7 * 7 * f[2], *h, 10)
        products += [m * n for m, n in pairwise(widths)]
        return batch * 2 * (3 * sum(products) - products[0])

    for width in (1, 2):
        config = default_config("convnet", width=width, batch_size=3)
        found = step_flops(config)
        assert found == expected(config.spec.filters, config.spec.hidden_layers, 3)


def test_a_product_by_a_transposed_matrix_is_counted_right():
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder("float32", (None, 5))
        tf.matmul(x, x, transpose_a=True)  # (5, batch) by (batch, 5)
        tf.matmul(x, tf.zeros((3, 5)), transpose_b=True)  # (batch, 5) by (5, 3)
    assert graph_flops(graph, 11) == 2 * 5 * 5 * 11 + 2 * 11 * 5 * 3


@pytest.fixture(scope="module")
def both():
    config = default_config("mlp", batch_size=16)
    return [costs(config, impl) for impl in ("raw", "keras")]


@pytest.mark.full
def test_each_phase_takes_time(both):
    """How much is the machine's own: nothing is held against another figure."""
    for record in both:
        assert tuple(record["seconds"]) == PHASES
        assert all(0 < value < math.inf for value in record["seconds"].values())


@pytest.mark.full
def test_memory_only_grows(both):
    for record in both:
        memory = list(record["resident_mib"].values())
        assert memory == sorted(memory)
        assert 100 < memory[0] < 10_000
        assert record["gpu_mib"] == NOT_MEASURED or record["gpu_mib"] > 0


@pytest.mark.full
def test_memory_is_not_that_of_the_process_that_started_it():
    child = "from bench.anatomy.first_step import resident_mib; print(resident_mib())"
    parent = (
        "import subprocess, sys; held = bytearray(b'x') * (600 << 20);"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, check=True)
    assert 1 < float(done.stdout) < 300


@pytest.mark.full
def test_grappler_leaves_fewer_operations_and_the_same_products(both):
    for record in both:
        before, after = record["operations"]["before"], record["operations"]["after"]
        assert 0 < sum(after.values()) < sum(before.values())
        assert before["MatMul"] == after["MatMul"] == 11


@pytest.mark.full
def test_both_sides_have_the_same_arithmetic(both):
    raw, keras = both
    assert raw["flops"] == keras["flops"] == step_flops(default_config("mlp", batch_size=16))
    assert raw["kernels"]["dot"] == keras["kernels"]["dot"] == 11
    assert not any(math.isnan(value) for value in raw["seconds"].values())


@pytest.mark.full
def test_the_table_names_each_side_and_each_cost(both):
    text = costs_table(both)
    assert "mlp raw step" in text
    assert "mlp keras fit" in text
    for what in ("import, s", "trace, s", "operations after Grappler", "kernels after XLA"):
        assert what in text
