"""The two pages against the Keras twin: from the same weights, over the same batches."""

import ast
import inspect
import platform
import subprocess
import sys
from functools import cache
from types import ModuleType

import numpy as np
import pytest
import tensorflow as tf

from bench import twins
from bench.data.epoch_order import orders
from bench.data.for_model import dataset_for
from bench.proof.criteria import ROUNDING_FLOAT64
from bench.proof.distance import distance, largest
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import HEADROOM, RUNS, shaken_engine
from bench.specs import default_config
from rawtf import one_page, one_page_session

PAGES = ("rawtf.one_page", "rawtf.one_page_session")
STEPS = 44  # four epochs of ten batches and a smaller one


@cache
def setting(dtype):
    """Return config, samples, weights, and which samples each step sees."""
    config = default_config("mlp", epochs=4, batch_size=100, learning_rate=1.0, dtype=dtype)
    set_exact(config)
    samples = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 1050).train)
    seen = [b for order in orders(config, 1050) for b in twins.slices(order, 100)]
    assert (len(seen), len(seen[-1])) == (STEPS, 50)
    return config, samples, twins.initial_weights(config), seen


def walked(take_step, look, dtype, steps=STEPS):
    """Return the weights after each step, by name."""
    _, (x, y), _, seen = setting(dtype)
    found = []
    for batch in seen[:steps]:
        take_step(x[batch], y[batch])
        found.append(look())
    return found


def of_engine(engine, dtype="float32"):
    return walked(engine.train_on_batch, engine.get_weights, dtype)


@cache
def of_keras(dtype):
    config, _, weights, _ = setting(dtype)
    return of_engine(twins.keras_engine(config, weights), dtype)


def of_page(dtype="float32", page=one_page, steps=STEPS):
    config, _, weights, _ = setting(dtype)
    variables = [tf.Variable(value) for value in weights.values()]
    return walked(
        lambda x, y: page.step(variables, x, y, config.learning_rate),
        lambda: dict(zip(weights, [v.numpy().copy() for v in variables], strict=True)),
        dtype,
        steps,
    )


def of_session(dtype="float32", page=one_page_session, steps=STEPS):
    config, _, weights, _ = setting(dtype)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        graph = page.build_model(list(weights.values()), config.learning_rate)
        session.run(tf.compat.v1.global_variables_initializer())
        return walked(
            lambda x, y: session.run(graph.train_op, {graph.x: x, graph.y: y}),
            lambda: dict(zip(weights, session.run(graph.variables), strict=True)),
            dtype,
            steps,
        )


@cache
def floors():
    """Return for each step how far rounding alone has driven each tensor by then."""
    config, _, weights, _ = setting("float32")
    plain = of_engine(twins.raw_engine(config, weights))
    runs = [of_engine(shaken_engine(config, weights, run)) for run in range(RUNS)]
    so_far = dict.fromkeys(weights, float(np.finfo(np.float32).eps))
    found = []
    for at_step in zip(plain, *runs, strict=True):
        for name in weights:
            drifts = [distance(run[name], at_step[0][name]).max_relative for run in at_step[1:]]
            so_far[name] = max(so_far[name], *drifts)
        found.append(dict(so_far))
    return found


def first_beyond_the_floor(found):
    """Return step and tensor of the first that is further from Keras than rounding explains."""
    for step, (ours, theirs) in enumerate(zip(found, of_keras("float32"), strict=False)):
        for name, value in theirs.items():
            if not distance(ours[name], value).max_relative <= HEADROOM * floors()[step][name]:
                return step + 1, name
    return None


@pytest.mark.parametrize("walk", [of_page, of_session])
def test_a_page_stays_within_the_noise_floor_of_keras_at_every_step(walk):
    assert first_beyond_the_floor(walk()) is None


@pytest.mark.parametrize("walk", [of_page, of_session])
def test_in_float64_a_page_is_keras_but_for_rounding(walk):
    for step, (ours, theirs) in enumerate(
        zip(walk("float64"), of_keras("float64"), strict=True), start=1
    ):
        for name, value in theirs.items():
            found = distance(ours[name], value)
            assert ROUNDING_FLOAT64.holds(found, "weights after step", name, step), (step, name)


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"),
    reason="ApplyGradientDescent is one kernel: elsewhere it may fuse product and difference",
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_session_runs_the_kernels_of_keras_and_holds_the_same_bits(dtype):
    for ours, theirs in zip(of_session(dtype), of_keras(dtype), strict=True):
        assert largest(ours, theirs).max_ulp == 0


FAULTS = {
    "slope left out": (one_page, "a_3 * (1 - a_3)", "a_3"),
    "slope of another layer": (one_page, "* a_1 * (1 - a_1)", "* a_1 * (1 - a_1 * a_1)"),
    "sum for mean": (one_page, "(tf.nn.softmax(z) - y) / len(x)", "(tf.nn.softmax(z) - y)"),
    "mean over all but one": (one_page, "/ len(x)", "/ (len(x) - 1)"),
    "softmax forgotten": (one_page, "(tf.nn.softmax(z) - y)", "(z - y)"),
    "bias by the mean": (one_page, "tf.reduce_sum(d, axis=0)", "tf.reduce_mean(d, axis=0)"),
    "uphill": (one_page, "w.assign_sub", "w.assign_add"),
    "a weight moved before it was used": (
        one_page, "    d_3 = ", "    w_4.assign_sub(1e-3 * w_4)\n    d_3 = "
    ),
    "no bias": (one_page_session, "tf.nn.bias_add(tf.matmul(a, w), b)", "tf.matmul(a, w) + 0 * b"),
    "sum of losses": (one_page_session, "reduce_mean(tf.nn.softmax", "reduce_sum(tf.nn.softmax"),
    "a step a little long": (one_page_session, "Optimizer(learning_rate)", "Optimizer(1.001)"),
    "a bias left behind": (one_page_session, "var_list=variables)", "var_list=variables[:-1])"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_planted_in_a_copy_is_found_within_three_steps(fault):
    page, right, wrong = FAULTS[fault]
    source = inspect.getsource(page)
    assert source.count(right) == 1
    copy = ModuleType("copy")
    exec(compile(source.replace(right, wrong), fault, "exec"), copy.__dict__)
    walk = of_page if page is one_page else of_session
    assert first_beyond_the_floor(walk(page=copy, steps=3)) is not None


WITHOUT_NET_OR_HARNESS = """
import runpy, socket, sys
def refused(*_): raise OSError("no network")
socket.socket.connect = refused
sys.modules.update(bench=None, keras_impl=None)
runpy.run_module(sys.argv[1], run_name="__main__")
"""


@pytest.mark.full
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_a_program_that_learns_and_says_so(page):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NET_OR_HARNESS, page],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [line.split() for line in done.stdout.splitlines()]
    assert [words[1] for words in told] == [f"{n}:" for n in range(1, 21)]
    # chance is 0.1; 0.91 where it was written, and other roundings end in another last per cent
    assert float(told[-1][-1]) > 0.8
    losses = [float(words[3].rstrip(",")) for words in told]
    assert losses[0] > 1.5
    assert losses[-1] < 0.5


@pytest.mark.parametrize("page", [one_page, one_page_session])
def test_a_page_is_a_page(page):
    assert len(inspect.getsource(page).splitlines()) <= 80


def test_the_first_page_has_nothing_but_this():
    used = {
        ast.unparse(node).removeprefix("tf.")
        for node in ast.walk(ast.parse(inspect.getsource(one_page)))
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("tf.")
    }
    assert used == {
        "Variable", "Tensor", "matmul", "sigmoid", "reduce_sum", "reduce_mean",
        "nn", "nn.softmax", "nn.softmax_cross_entropy_with_logits",
    }  # fmt: skip
