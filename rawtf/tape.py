"""Reverse-mode differentiation by hand: what ``tf.GradientTape`` hides.

The chain rule, walked from the loss backwards. On the way forward every operation writes on the
tape what it was given and what it returned; on the way back its rule (``backprop.py``) turns the
gradient of what it returned into gradients of what it was given. Where a value was used twice,
the gradients add up.

Only the operations of ``Kernels`` are written down: a model that computes anything else on its
way forward gets a wrong gradient, and no tape could tell it.
"""

from collections.abc import Sequence
from functools import partial, wraps
from typing import Any, NamedTuple

import tensorflow as tf

from rawtf.backprop import RULES
from rawtf.kernels import Kernels, Op


class Call(NamedTuple):
    """One operation that was run."""

    rule: Op
    inputs: tuple[Any, ...]
    output: tf.Tensor


class Tape:
    """Records what its kernels do, and walks it backwards."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def recording(self, kernels: Kernels) -> Kernels:
        """Return the same kernels, each call of them written on this tape."""
        return kernels.each(self._recorded)

    def gradient(self, loss: tf.Tensor, variables: Sequence[tf.Variable]) -> list[tf.Tensor]:
        """Return the gradient of a recorded scalar with respect to each variable.

        Raises:
            ValueError: the loss does not depend on one of them.
        """
        found = {id(loss): tf.ones_like(loss)}
        for call in reversed(self.calls):
            g = found.get(id(call.output))
            if g is None:
                continue  # the loss does not depend on it
            parts = call.rule(g, call.output, *call.inputs)
            for value, part in zip(call.inputs, parts, strict=True):
                if part is not None:
                    earlier = found.get(id(value))
                    found[id(value)] = part if earlier is None else earlier + part
        left_out = [variable.name for variable in variables if id(variable) not in found]
        if left_out:
            raise ValueError(f"the loss does not depend on {', '.join(left_out)}")
        return [found[id(variable)] for variable in variables]

    def _recorded(self, name: str, op: Op) -> Op:
        rule = partial(RULES[name], op=op) if name == "dropout" else RULES[name]

        @wraps(op)
        def run(*inputs: Any) -> Any:
            returned = op(*inputs)
            # normalize returns its statistics too; the loss flows through the first alone
            output = returned[0] if isinstance(returned, tuple) else returned
            self.calls.append(Call(rule, inputs, output))
            return returned

        return run
