"""What a notebook's cells call: both sides as they stand there, trained step by step together."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import keras
import numpy as np

from bench import twins
from bench.data.for_model import dataset_for
from bench.proof.distance import largest
from bench.proof.exact_mode import set_exact
from bench.specs import Config, ModelSpec, default_config

BATCH_SIZE = 32
FONT = 9


class Step(NamedTuple):
    """What a step came to: the loss on either side, and the weights' distance after it in ULPs."""

    raw: float
    keras: float
    ulp: int


class Live:
    """Both sides of a model, set up anew for each walk.

    In this process they stand for the project's own in ``bench.twins``.

    Args:
        model: its name.
        by_hand: makes the hand-written one of its spec and of values by name.
        in_keras: makes the Keras model of its spec and of a kernel initializer.
    """

    def __init__(
        self,
        model: str,
        by_hand: Callable[[ModelSpec, twins.Weights], Any],
        in_keras: Callable[[ModelSpec, object], keras.Model],
    ) -> None:
        self.model = model
        self.changes: dict[str, Any] = {}
        twins.TWINS[model] = twins.Twins(
            shapes=twins.TWINS[model].shapes,
            raw=lambda spec, values, kernels: by_hand(self._spec(spec), values),
            keras=lambda spec, init: in_keras(self._spec(spec), init),
        )

    def _spec(self, spec: ModelSpec) -> ModelSpec:
        return replace(spec, **self.changes)

    def walk(self, steps: int = 20, dropout_rate: float | None = None, **dials: Any) -> list[Step]:
        """Train both sides on the same batches from the same weights; return each step.

        Args:
            steps: how many.
            dropout_rate: the share that is dropped; the model's own if not given.
            dials: of ``bench.specs.Config``, such as learning_rate, batch_size, optimizer.
        """
        self.changes = {} if dropout_rate is None else {"dropout_rate": dropout_rate}
        config = default_config(self.model, **{"batch_size": BATCH_SIZE, **dials})
        set_exact(config)
        weights = twins.initial_weights(config)
        raw, other = twins.raw_engine(config, weights), twins.keras_engine(config, weights)
        sides: tuple[Any, ...] = (raw, other)
        taken = []
        for x, y in _batches(config, steps):
            losses = [_loss(side.train_on_batch(x, y)) for side in sides]
            taken.append(
                Step(losses[0], losses[1], largest(raw.get_weights(), other.get_weights()).max_ulp)
            )
        return taken

    def show(self, walked: list[Step]) -> None:
        """Draw the losses of a walk, and below them the distance; say the largest in a line."""
        from matplotlib import pyplot

        _, (above, below) = pyplot.subplots(
            2, sharex=True, figsize=(7, 4), height_ratios=(3, 1), layout="constrained"
        )
        numbers = range(1, len(walked) + 1)
        above.plot(numbers, [s.keras for s in walked], linewidth=5, alpha=0.35, label="in Keras")
        above.plot(numbers, [s.raw for s in walked], linewidth=1.2, color="black", label="by hand")
        above.set_ylabel("loss, nats")
        above.legend(fontsize=FONT)
        below.step(numbers, [s.ulp for s in walked], where="mid", color="black")
        below.set_ylabel("ULP")
        below.set_xlabel("step")
        below.xaxis.get_major_locator().set_params(integer=True)
        if (most := max(s.ulp for s in walked)) == 0:
            below.set_ylim(-0.5, 1)
        pyplot.show()
        print(f"{self.model}: {told(most)} after {len(walked)} steps, loss {walked[-1].raw:.4f}")


def _loss(made: Any) -> float:
    """Return the loss of a step, a tensor by hand; in Keras what ``fit`` returns."""
    return float(made.history["loss"][0] if hasattr(made, "history") else np.asarray(made))


def told(ulp: int) -> str:
    """Return a distance in words."""
    return "0 ULP apart, the same bits" if ulp == 0 else f"up to {ulp:,} ULP apart"


def _batches(config: Config, steps: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return as many batches of the digits as there are steps, round and round."""
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits").train)
    places = np.arange(steps * config.batch_size).reshape(steps, config.batch_size) % len(x)
    return [(x[rows], y[rows]) for rows in places]
