"""A line of Keras leads to the lines by hand that do the same: in the source, and as it runs."""

import ast
import sys

import numpy as np
import pytest

from bench.explain.beside import beside
from bench.explain.concept import SOURCES
from bench.explain.concepts import concepts_of
from bench.explain.excerpts import LineGone, line_numbers, nodes
from bench.explain.form import Form
from bench.explain.layer_lines import keras_layers, lines_of_layer
from bench.specs import KERNELS, MODELS
from tests.quick import quick_are


def texts(both, part):
    """Return the lines by hand that the only line of Keras with a part leads to."""
    lit = both.does[line_of(both, part)]
    raw = {line: text.strip() for listing in both.raw for line, text in listing.lines}
    return [text for line, text in raw.items() if line in lit]


def line_of(both, part):
    keras = {line: text for listing in both.keras for line, text in listing.lines}
    (line,) = [line for line in both.does if part in keras[line]]
    return line


@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize("model", MODELS)
def test_every_layer_leads_to_lines_that_are_shown(model, kernels):
    both = beside(MODELS[model], Form(kernels=kernels))
    shown = {line for listing in both.raw for line, _ in listing.lines}
    keras = {line for listing in both.keras for line, _ in listing.lines}
    layers = keras_layers(SOURCES[model])
    assert {(f"keras_impl/{SOURCES[model].file}", s.lineno) for s in layers.values()} <= set(
        both.does
    )
    assert set(both.does) <= keras
    assert all(lines and lines <= shown for lines in both.does.values())


def test_a_dense_layer_is_its_two_variables_its_product_and_what_is_called_there():
    found = texts(beside(MODELS["mlp"]), 'name="dense_2"')
    assert [line.split("  #")[0] for line in found] == [
        'self.w_2 = tf.Variable(values["dense_2/kernel"], name="dense_2/kernel")',
        'self.b_2 = tf.Variable(values["dense_2/bias"], name="dense_2/bias")',
        "a_2 = k.sigmoid(k.bias_add(k.matmul(a_1, self.w_2), self.b_2))",
        "def bias_add(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:",
        "return x + bias if bias.shape[0] == 1 else tf.nn.bias_add(x, bias)",
        "sigmoid = tf.nn.sigmoid",
    ]


def test_an_argument_of_compile_leads_to_its_own_concept():
    both = beside(MODELS["mlp"])
    assert any("def rule(" in text for text in texts(both, "OPTIMIZERS[optimizer]"))
    assert any("softmax_cross_entropy" in text for text in texts(both, "loss,"))
    assert not set(texts(both, "loss,")) & set(texts(both, "OPTIMIZERS[optimizer]"))


def test_pooling_is_found_by_its_turn():
    both = beside(MODELS["convnet"])
    assert texts(both, 'name="max_pool_2"')[0].startswith("a_2 = k.max_pool(a_2)")
    assert texts(both, 'name="max_pool_3"')[0].startswith("a_3 = k.flatten(k.max_pool(a_3))")


def test_a_layer_that_nothing_by_hand_does_is_an_error():
    raw = [e for concept in concepts_of(MODELS["mlp"]) for e in concept.raw]
    with pytest.raises(LineGone, match="pool"):
        lines_of_layer("max_pool_2", SOURCES["mlp"], raw)


def locals_after(function, *arguments):
    """Return the locals of a function after each of its lines, by line number, as it runs."""
    seen, last = {}, [0]

    def trace(frame, event, value):
        if frame.f_code is not function.__func__.__code__:
            return None
        if event in ("line", "return"):
            seen[last[0]] = dict(frame.f_locals)
            last[0] = frame.f_lineno
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize("model", quick_are(MODELS, "perceptron", "mlp-dropout"))
def test_when_run_the_lines_of_a_layer_give_what_the_layer_gives(model):
    """Not one layer's numbers by another's lines: they differ in shape, or by far."""
    import keras

    from bench import twins
    from bench.specs import default_config

    config = default_config(model)
    weights = twins.initial_weights(config)
    raw = twins.raw_engine(config, weights).model
    net = twins.keras_engine(config, weights).model
    x = np.random.default_rng(0).random((3, *net.input_shape[1:]), np.float32)
    after = locals_after(raw.forward, keras.ops.convert_to_tensor(x), False)

    forward, both = SOURCES[model].raw("forward"), beside(MODELS[model])
    (function,) = nodes(forward)
    of_line = {}  # the last layer of a line is what the line gives
    for layer, made in keras_layers(SOURCES[model]).items():
        for file, number in both.does[f"keras_impl/{SOURCES[model].file}", made.lineno]:
            if file == forward.file and number in line_numbers(forward):
                of_line[number] = layer
    last = list(keras_layers(SOURCES[model]))[-1]
    assert of_line
    for statement in function.body:
        layer = of_line.get(statement.lineno)
        if layer is None:
            continue
        target = statement.targets[0]
        name = ast.unparse(target.elts[0] if isinstance(target, ast.Tuple) else target)
        value = after[statement.lineno][name]
        given = raw.probabilities(value) if layer == last else value
        expected = keras.Model(net.inputs, net.get_layer(layer).output)(x)
        np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-6)
