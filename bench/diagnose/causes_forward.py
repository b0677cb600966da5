"""Hypotheses about the forward pass: the training flag and the settings of layers."""

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import keras

from bench.diagnose import causes_norm
from bench.diagnose.causes_generic import numbers_of_ours
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.scene import Scene

TRIED = {
    "activation": (
        "linear",
        "relu",
        "tanh",
        "sigmoid",
        "softmax",
        "elu",
        "gelu",
        "gelu_tanh",
        "selu",
        "softplus",
        "silu",
        "leaky_relu",
        "relu6",
        "hard_sigmoid",
    ),
    "recurrent_activation": ("sigmoid", "hard_sigmoid", "tanh"),
    "epsilon": (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12, 0.0),
    "noise_shape": (
        (1, None),
        (None, 1),
        (1, None, None),
        (None, 1, None),
        (1, None, None, None),
        (None, 1, 1, None),
    ),
    "rate": (),
    "padding": ("same", "valid"),
    "negative_slope": (0.01, 0.2, 0.3, 0.0),
    "approximate": (True, False),
    "center": (False,),
    "scale": (False,),
    "go_backwards": (True, False),
    "reset_after": (False, True),
    "axis": (1, 2, -1),
    "use_causal_mask": (True, False),
    "pool_mode": ("max", "average"),
}
OMITTED = {
    "center": "the shift beta is left out",
    "scale": "the scale gamma is left out",
}


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with a forward pass, the likeliest first."""
    if scene.model is None:
        return
    yield from _training_flag(scene)
    yield from causes_norm.causes(scene)
    node = scene.spot.parting.their_first if scene.spot.parting else None
    layers = flat_layers(scene.model)
    named = [layer for layer in layers if node is not None and layer.name == node.layer]
    yield from _masks(scene, layers)
    yield from _gates(scene, layers)
    for layer in named:
        yield from _of_layer(scene, [layer], layers)
        alike = [x for x in layers if type(x) is type(layer)]
        if len(alike) > 1:
            yield from _of_layer(scene, alike, layers)
    later = layers[layers.index(named[0]) + 1 :][:1] if named else []
    for layer in later:  # a dense layer's activation belongs to it, a mask to the next
        yield from _of_layer(scene, [layer], layers)


def _training_flag(scene: Scene) -> Iterator[Cause]:
    words = "batch normalisation and dropout run in inference mode"

    def everywhere(program: Any) -> None:
        program.thing.call = _with_flag(program.thing.call, False)

    yield Cause(
        "training-flag",
        f"the model is called without training=True, so {words}",
        "model(x, training=True)",
        Cure("the reference called with training=False", setup=everywhere),
    )
    for kind, what in (("Dropout", "dropout"), ("BatchNormalization", "batch normalisation")):
        cls = getattr(keras.layers, kind)
        assert scene.model is not None
        if any(isinstance(x, cls) for x in flat_layers(scene.model)):
            yield Cause(
                "layer-in-inference",
                f"{what} runs in inference mode while training",
                f"call the {what} layer with training=True",
                Cure(f"the reference's {kind} layers in inference mode", setup=_flagged(cls)),
            )


def _masks(scene: Scene, layers: list[Any]) -> Iterator[Cause]:
    """Yield that padding is not masked: the mask is made in one layer and used in another."""
    makes = [
        x for x in layers if getattr(x, "mask_zero", False) or isinstance(x, keras.layers.Masking)
    ]
    if not makes:
        return

    maker = scene.layer_name(layers.index(makes[0]))

    def unmask(program: Any) -> None:
        for layer in flat_layers(program.thing):
            if "mask" in inspect.signature(layer.call).parameters:
                layer.call = _without_mask(layer.call)

    yield Cause(
        "mask-lost",
        f"padding is not masked: the mask that {maker} makes (mask_zero, Masking) does "
        "not reach the layers after it",
        "h = layer(x, mask=embedding.compute_mask(tokens))",
        Cure("the reference's layers given no mask", setup=unmask),
    )


GATES = {"f, i, g, o": (1, 0, 2, 3), "i, g, f, o": (0, 2, 1, 3), "i, f, o, g": (0, 1, 3, 2),
         "f, i, o, g": (1, 0, 3, 2), "o, f, i, g": (2, 1, 3, 0)}  # fmt: skip


def _gates(scene: Scene, layers: list[Any]) -> Iterator[Cause]:
    """Yield that the gates of an LSTM are taken in another order than Keras's i, f, g, o."""
    cells = [i for i, layer in enumerate(layers) if isinstance(layer, keras.layers.LSTMCell)]
    for words, order in GATES.items() if cells else ():

        def permute(program: Any, order: tuple[int, ...] = order) -> None:
            for i in cells:
                cell = flat_layers(program.thing)[i]
                cell._compute_carry_and_output_fused = _permuted(cell, order)

        yield Cause(
            "gate-order",
            f"{scene.layer_name(cells[0])}: the gates are taken in the order {words} "
            "(input, forget, candidate, output: i, f, g, o); Keras keeps them as i, f, g, o",
            "i, f, g, o = tf.split(z, 4, 1)",
            Cure(f"the reference's LSTM with its gates in the order {words}", setup=permute),
        )


def _permuted(cell: Any, order: tuple[int, ...]) -> Any:
    plain = cell._compute_carry_and_output_fused
    return lambda z, carry: plain(tuple(z[i] for i in order), carry)


def _without_mask(call: Any) -> Any:
    @functools.wraps(call)
    def unmasked(*args: Any, mask: Any = None, **kwargs: Any) -> Any:
        _ = mask
        return call(*args, **kwargs)

    return unmasked


def _flagged(cls: Any) -> Any:
    def setup(program: Any) -> None:
        for layer in flat_layers(program.thing):
            if isinstance(layer, cls):
                layer.call = _with_flag(layer.call, False)

    return setup


def _with_flag(call: Any, flag: bool) -> Any:
    def flagged(*args: Any, training: Any = None, **kwargs: Any) -> Any:
        _ = training
        return call(*args, training=flag, **kwargs)

    return flagged


def _of_layer(scene: Scene, alike: list[Any], layers: list[Any]) -> Iterator[Cause]:
    layer, given = alike[0], numbers_of_ours(scene)
    config = layer.get_config()
    where = [layers.index(x) for x in alike]
    names = ", ".join(scene.layer_name(i) for i in where)
    if getattr(layer, "bias", None) is not None:
        yield _without_bias(where, names)
    for name, values in TRIED.items():
        rate = config.get("rate") if name == "rate" else None
        tried = (1 - rate, 0.0, rate / 2) if rate else values
        if name in ("epsilon", "rate", "negative_slope"):
            tried = tuple(dict.fromkeys((*given, *tried)))
        for value in tried if hasattr(layer, name) else ():
            if _named(config.get(name, getattr(layer, name))) != _named(value):
                theirs = config.get(name, getattr(layer, name))
                yield _with_setting(where, names, name, value, theirs)


def _activation(name: str) -> Any:
    if name == "gelu_tanh":
        return functools.partial(keras.activations.gelu, approximate=True)
    return keras.activations.get(name)


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("class_name", value)
    return getattr(value, "__name__", value)


def _with_setting(where: list[int], names: str, name: str, value: Any, theirs: Any) -> Cause:
    given = _activation(value) if name.endswith("activation") else value

    def swap(program: Any) -> None:
        layers = flat_layers(program.thing)
        for i in where:
            setattr(layers[i], name, given)

    what = OMITTED.get(name)
    ours = f"the loop computes it with {name} {value}"
    return Cause(
        f"layer-{name}",
        f"{names}: {what if what and value is False else ours}; the Keras layer has "
        f"{name} {_named(theirs)}",
        f"{name} = {_named(theirs)}",
        Cure(f"the reference's {names} with {name}={value}", setup=swap),
        value=float(value) if isinstance(value, float) else None,
        theirs=float(theirs) if isinstance(theirs, float) else None,
    )


def _without_bias(where: list[int], names: str) -> Cause:
    def swap(program: Any) -> None:
        layers = flat_layers(program.thing)
        for i in where:
            layer = layers[i]
            plain, bias = layer.call, layer.bias
            layer.call = _less_bias(plain, layer, bias)

    return Cause(
        "bias-missing",
        f"{names}: the bias is left out",
        "add the bias: tf.nn.bias_add(z, b)",
        Cure(f"the reference's {names} without bias", setup=swap),
        omission=True,
    )


def _less_bias(call: Any, layer: Any, bias: Any) -> Any:
    def unbiased(*args: Any, **kwargs: Any) -> Any:
        object.__setattr__(layer, "bias", None)
        try:
            return call(*args, **kwargs)
        finally:
            object.__setattr__(layer, "bias", bias)

    return unbiased
