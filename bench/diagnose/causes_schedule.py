"""Hypotheses about a schedule of learning rates: other ways to walk the reference's."""

from collections.abc import Iterator
from typing import Any

import keras

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene


def causes(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield other ways to walk the reference's schedule of learning rates."""
    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return
    name = type(schedule).__name__
    ways = {
        "stays at its first value": lambda step: 0,
        "is one step ahead": lambda step: step + 1,
        "is one step behind": lambda step: max(step - 1, 0),
    }
    steps = max(1, -(-len(scene.stand.pair.data) // scene.stand.pair.batch_size))
    per_epoch = getattr(schedule, "decay_steps", None)
    ways["is decayed once an epoch"] = lambda step: (step // steps) * (per_epoch or 1)
    ways["takes the epoch for the step"] = lambda step: step // steps
    for words, way in ways.items():
        yield Cause(
            "schedule",
            f"the loop's learning rate {words}; the reference's schedule ({name}) changes it "
            "at every step",
            f"learning_rate = {name}(...)(optimizer.iterations)",
            walked(schedule, way, f"the reference's schedule that {words}"),
            value=float(schedule(0)),
        )


def walked(schedule: Any, way: Any, words: str) -> Cure:
    """Return the cure that walks the reference's schedule in another way."""

    class Walked(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return schedule(way(int(step)))

        def get_config(self) -> dict[str, Any]:
            return {}

    def swap(program: Any) -> None:
        old = program.thing.optimizer
        config = {**old.get_config(), "learning_rate": 0.0}
        program.thing.optimizer = type(old).from_config(config)
        program.thing.optimizer._learning_rate = Walked()
        program.thing.optimizer.build(program.thing.trainable_variables)
        program.thing.run_eagerly = True

    return Cure(words, setup=swap)
