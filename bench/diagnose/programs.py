"""A user's program, whatever it is written as, behind one face."""

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.births import Births
from bench.diagnose.watch import handle_id
from bench.errors import UserError

Values = list[np.ndarray]
_STEP_NAMES = ("train_step", "train_on_batch", "step", "train", "update")


class Program:
    """What both sides can do: hold weights, take a step, predict.

    Attributes:
        thing: the user's object.
        name: ``loop`` or ``reference``.
        born: the user's lines on which its layers, losses and optimizers were made.
        variables: what is compared, in the order of the other side's.
    """

    def __init__(self, thing: Any, name: str, born: Births, fit: dict[str, Any]) -> None:
        self.thing, self.name, self.born, self.fit_options = thing, name, born, dict(fit)
        self.variables: list[Any] = []
        self.watch: Any = None

    def found_variables(self) -> list[Any]:
        """Return every variable of the program that could be a weight, in order."""
        for attribute in ("variables", "weights", "trainable_variables", "params", "parameters"):
            listed = getattr(self.thing, attribute, None)
            if isinstance(listed, dict):
                listed = list(listed.values())
            if isinstance(listed, list | tuple) and listed:
                return list(listed)
        return list(self.born.variables)

    def read(self) -> Values:
        """Return copies of the weights."""
        return [np.array(v.numpy()) for v in self.variables]

    def write(self, values: Sequence[np.ndarray]) -> None:
        """Set the weights."""
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(np.asarray(value, _dtype(variable)))

    def handles(self) -> list[int]:
        """Return the ids by which the ops of a run name the weights."""
        return [handle_id(v) for v in self.variables]

    def step(self, x: Any, y: Any) -> Any:
        """Take one training step; return the loss it reports, or None."""
        raise NotImplementedError

    def predict(self, x: Any) -> Any:
        """Return predictions, or None where the program has no way to make any."""
        raise NotImplementedError

    def fit(self, x: Any, y: Any, **options: Any) -> Any:
        """Train as the user does: epochs, batch_size."""
        raise NotImplementedError

    def finish(self) -> None:
        """Do what the end of a fit does once all steps are over."""

    def evaluate(self, x: Any, y: Any) -> dict[str, float]:
        """Return loss and metrics on a data set; {} where the program gives none."""
        values = getattr(self.thing, "evaluate", None)
        return values(x, y) if values else {}

    @property
    def can_evaluate(self) -> bool:
        """Whether it reports loss or metrics on a data set."""
        return hasattr(self.thing, "evaluate")

    @property
    def can_fit(self) -> bool:
        """Whether it goes through a data set by itself."""
        return hasattr(self.thing, "fit")

    @property
    def optimizers(self) -> list[Any]:
        """The optimizers that the program made or holds."""
        return list(self.born.optimizers)


class KerasProgram(Program):
    """A compiled Keras model, stepped by ``train_on_batch`` and run by ``fit``."""

    def __init__(self, thing: Any, name: str, born: Births, fit: dict[str, Any]) -> None:
        super().__init__(thing, name, born, fit)
        self.end_batch: int | None = None  # of predict and evaluate, where it is not fit's
        if not getattr(thing, "compiled", False):
            raise UserError(f"{name}: the Keras model is not compiled: call model.compile first")
        if thing.optimizer is not None and thing.built:
            thing.optimizer.build(thing.trainable_variables)
        self.outputs: list[Any] = []  # of the model, as the last step gave them to its loss
        self._note_outputs(thing)

    def _note_outputs(self, model: Any) -> None:
        plain = model.compute_loss

        @functools.wraps(plain)
        def noting(*args: Any, **kwargs: Any) -> Any:
            given = kwargs.get("y_pred", args[2] if len(args) > 2 else None)
            self.outputs = [t for t in tf.nest.flatten(given) if hasattr(t, "_id")]
            return plain(*args, **kwargs)

        model.compute_loss = noting

    def found_variables(self) -> list[Any]:
        """Return the model's weights."""
        return list(self.thing.weights)

    def step(self, x: Any, y: Any) -> Any:
        """Take one training step; return its loss."""
        options = {k: v for k, v in self.fit_options.items() if k == "class_weight"}
        x, y, weight = _with_weight(x, y)
        if weight is not None:
            options["sample_weight"] = weight
        if type(self.thing).train_step is not keras.Model.train_step:
            return self._fit_once(x, y, options)
        self.thing.reset_metrics()
        logs = self.thing.train_on_batch(x, y, return_dict=True, **options)
        return logs.get("loss")

    def _fit_once(self, x: Any, y: Any, options: dict[str, Any]) -> Any:
        """Take the step by fit: an own train_step unpacks what fit hands to it."""
        size = len(tf.nest.flatten(x)[0])
        history = self.thing.fit(x, y, batch_size=size, shuffle=False, verbose=0, **options).history
        return history["loss"][-1] if "loss" in history else None

    def predict(self, x: Any) -> Any:
        """Return predictions."""
        size = self.end_batch or self.fit_options.get("batch_size", 32)
        return self.thing.predict(x, batch_size=size, verbose=0)

    def evaluate(self, x: Any, y: Any) -> dict[str, float]:
        """Return loss and metrics on a data set."""
        x, y, _ = _with_weight(x, y)
        size = self.end_batch or self.fit_options.get("batch_size", 32)
        values = self.thing.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
        if self.thing.loss is None:
            values.pop("loss", None)  # an own train_step has its loss to itself
        return values

    def fit(self, x: Any, y: Any, **options: Any) -> Any:
        """Train as the user does."""
        x, y, weight = _with_weight(x, y)
        more = {} if weight is None else {"sample_weight": weight}
        return self.thing.fit(x, y, verbose=0, **{**self.fit_options, **options, **more})

    def finish(self) -> None:
        """Put the mean of the weights over the steps in their place, if the optimizer keeps one."""
        if self.thing.optimizer is not None:
            self.thing.optimizer.finalize_variable_values(self.thing.trainable_weights)

    @property
    def optimizers(self) -> list[Any]:
        """The one it was compiled with."""
        return [self.thing.optimizer]


class LoopProgram(Program):
    """Any object with ``train_step(x, y)`` or ``fit``."""

    def __init__(self, thing: Any, name: str, born: Births, fit: dict[str, Any]) -> None:
        super().__init__(thing, name, born, fit)
        self._step = next((getattr(thing, n) for n in _STEP_NAMES if hasattr(thing, n)), None)
        if self._step is None and callable(thing) and not hasattr(thing, "fit"):
            self._step = thing
        if self._step is None and not hasattr(thing, "fit"):
            raise UserError(
                f"{name}: {type(thing).__name__} has neither train_step(x, y) nor fit: give it one"
            )

    def step(self, x: Any, y: Any) -> Any:
        """Take one training step; return its loss."""
        x, y, weight = _with_weight(x, y)
        if self._step is None:
            return _fit(self.thing, x, y, 1, len(tf.nest.flatten(x)[0]))
        if weight is not None and len(inspect.signature(self._step).parameters) > 2:
            return self._step(x, y, weight)
        return self._step(x, y)

    def predict(self, x: Any) -> Any:
        """Return predictions."""
        if hasattr(self.thing, "predict"):
            return self.thing.predict(x)
        return None

    def fit(self, x: Any, y: Any, **options: Any) -> Any:
        """Train as the user does."""
        return _fit(self.thing, x, y, options["epochs"], options["batch_size"])


def _fit(thing: Any, x: Any, y: Any, epochs: int, batch_size: int) -> Any:
    takes = inspect.signature(thing.fit).parameters
    given = {"epochs": epochs, "batch_size": batch_size}
    anything = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    return thing.fit(x, y, **{k: v for k, v in given.items() if k in takes or anything})


class Weighted(tuple):
    """Targets with the weights of their samples, as one batch's y."""


def _with_weight(x: Any, y: Any) -> tuple[Any, Any, Any]:
    return (x, y[0], y[1]) if isinstance(y, Weighted) else (x, y, None)


def _dtype(variable: Any) -> Any:
    dtype = variable.dtype
    return dtype if isinstance(dtype, str) else dtype.as_numpy_dtype


def matched_variables(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Return, for each variable of theirs, the one of ours: by order, else by shape in order.

    Raises:
        UserError: ours has no variable of some shape that theirs has.
    """
    shapes = [tuple(v.shape) for v in ours]
    wanted = [tuple(v.shape) for v in theirs]
    if shapes == wanted:
        return ours
    left, matched = list(range(len(ours))), []
    for shape, variable in zip(wanted, theirs, strict=True):
        fits = [i for i in left if shapes[i] == shape]
        if not fits:
            raise UserError(
                f"structure: the reference holds a variable {getattr(variable, 'path', '')} "
                f"{shape}, the loop has none left of that shape (it has {_listed(shapes)}): name "
                "the loop's variables in the reference's order in an attribute `variables`"
            )
        alike = [_alike(ours[i], variable) for i in fits]
        chosen = fits[alike.index(max(alike))]
        left.remove(chosen)
        matched.append(ours[chosen])
    return matched


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(s) for s in shapes[:8]) + (", ..." if len(shapes) > 8 else "")


def _alike(a: Any, b: Any) -> int:
    """Return how many parts of two variables' names are the same, from the end."""
    parts = [str(getattr(v, "path", None) or getattr(v, "name", "")).split(":")[0].split("/")
             for v in (a, b)]  # fmt: skip
    same = 0
    for x, y in zip(reversed(parts[0]), reversed(parts[1]), strict=False):
        if x != y:
            break
        same += 1
    return same
