"""A cure: one change to a running program, and how to say it. A cause is one that was tried."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Cure:
    """What is done to one program while it runs.

    Attributes:
        words: what was done, for "confirmed: with ... the pair agrees".
        setup: called with the program once it is built and holds its weights.
        at_op: called with (call, node, watch) after each op; may write into ``call.outputs``.
        at_loss: (target, watch) -> the tensor that is differentiated instead.
        at_gradients: (gradients, sources) -> the gradients handed out instead.
        batch: (x, y) -> what is fed instead.
        after_step: called with (program, the weights before, the step's number) after each.
        step: (program, x, y) -> loss, in place of the program's own step.
        predict: (program, x) -> predictions, in place of its own.
        evaluate: (program, x, y) -> metrics by name, in place of its own.
        fresh: whether random numbers that the program draws again are dealt anew.
    """

    words: str
    setup: Callable[[Any], None] | None = None
    at_op: Callable[[Any, Any, Any], None] | None = None
    at_loss: Callable[[Any, Any], Any] | None = None
    at_gradients: Callable[[list[Any], Any], list[Any]] | None = None
    batch: Callable[[Any, Any], tuple[Any, Any]] | None = None
    after_step: Callable[[Any, list[Any], int], None] | None = None
    step: Callable[[Any, Any, Any], Any] | None = None
    predict: Callable[[Any, Any], Any] | None = None
    evaluate: Callable[[Any, Any, Any], dict[str, float]] | None = None
    fresh: bool = False


@dataclass(frozen=True)
class Cause:
    """A named difference, with the cure that proves it.

    Attributes:
        name: a short name of the kind, such as ``loss-scaled``.
        words: one line: what differs.
        remedy: a line of code for the user's side.
        cure: what is done to show it.
        on: the side that the cure is applied to, ``loop`` or ``reference``.
        omission: whether the user's side lacks something, so that no line of it is at fault.
        value: the number at fault, where there is one, to find the line that it was written on.
        theirs: the reference's number in its place, where known.
        place: the line at fault, where the cause itself knows it.
        odd: whether the cure has a number that nobody would write: then it has to last.
    """

    name: str
    words: str
    remedy: str
    cure: Cure
    on: str = "reference"
    omission: bool = False
    value: float | None = None
    theirs: float | None = None
    odd: bool = False
    place: Any = None
    nodes: tuple[Any, ...] = field(default=(), compare=False)


def kept_to(cause: Cause, ends: bool) -> Cause:
    """Return a cause whose cure acts on ops of predict and evaluate alone, or of steps alone.

    Both may run the same line: an op that stands for another in one need not in the other.
    """
    change = cause.cure.at_op
    if change is None:
        return cause

    def there(call: Any, node: Any, watch: Any) -> None:
        if watch.at_end == ends:
            change(call, node, watch)

    return replace(cause, cure=replace(cause.cure, at_op=there))
