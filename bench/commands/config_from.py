"""From options as they were given to models and configs."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from bench.errors import UserError
from bench.specs import MODELS, XLA_ENGINES, Config, default_config, model_spec

_DIALS = (
    "engine",
    "keras_engine",
    "kernels",
    "gradients",
    "xla",
    "steps_per_execution",
    "optimizer",
    "initializer",
    "dtype",
    "batch_size",
    "epochs",
    "learning_rate",
    "seed",
    "sampling",
    "iterations",
)


def models_named(name: str) -> list[str]:
    """Return the models that a name stands for: itself, or every one for ``all``."""
    return list(MODELS) if name == "all" else [model_spec(name).name]


def each_of(given: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that are meant: those given, or every one for ``all``."""
    return names if "all" in given else tuple(dict.fromkeys(given))


def require_xla(engines: Iterable[str]) -> None:
    """Raise ``UserError`` unless XLA compiles each of these raw engines."""
    if not set(engines) <= set(XLA_ENGINES):
        raise UserError(f"--xla compiles the engines {', '.join(XLA_ENGINES)}: choose one of them")


def check_initializers(models: Iterable[str], initializers: Iterable[str]) -> None:
    """Raise ``UserError`` unless each of these models may start from each of these."""
    for model, initializer in product(models, initializers):
        if initializer not in (can := model_spec(model).initializers):
            raise UserError(f"--initializer {initializer} is not for {model}: use {', '.join(can)}")


def config_from(model: str, given: dict[str, Any], **more: Any) -> Config:
    """Return the model's config with the dials that were given, ``more`` over them."""
    if given.get("iterations") and (more.get("sampling") or given.get("sampling")) != "replacement":
        raise UserError("--iterations counts random batches: give --sampling replacement with it")
    dials = {name: given.get(name) for name in _DIALS} | more
    if dials["initializer"]:
        check_initializers([model], [dials["initializer"]])
    config = default_config(model, **dials)
    if config.xla:
        require_xla([config.engine])
    return config
