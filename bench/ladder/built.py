"""A rung with its engine built, and what walks it: steps, an epoch's end, or epochs as they are."""

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

from bench import twins
from bench.data.epoch_order import steps_per_epoch
from bench.ladder.engines import rung_engine
from bench.ladder.keras_rungs import UsersFit
from bench.ladder.rungs import END, STEPS, Rung
from bench.specs import Config
from bench.timing.held import HeldRunner
from bench.timing.runners import EpochRunner, StepRunner, fit_runner, part_of
from bench.timing.samples import ModelData
from bench.timing.slices import Runner, Slice, step_seconds


class QuietRunner(HeldRunner):
    """A held loop whose progress bar is turned away, while it runs and no longer."""

    def _start(self) -> None:
        with redirect_stdout(StringIO()):
            super()._start()

    def _advance(self, calls: int, lead: int = 0) -> float:
        with redirect_stdout(StringIO()):
            return super()._advance(calls, lead)

    def close(self) -> None:
        """End the loop where it stands, without a word."""
        with redirect_stdout(StringIO()):
            super().close()


@dataclass(frozen=True)
class InOneGo:
    """What is timed of a rung where it is no steps: an epoch's end, or an epoch that is whole.

    Attributes:
        runner: of the rung.
        go: times that.
        anew: whether the loop starts anew each time. While it is held the clock of a pipeline's
            tuner goes on, and its epoch would wait for it the longer.
    """

    runner: Runner
    go: Callable[[], Slice]
    anew: bool = False

    def take(self, steps: int) -> Slice:
        """Go on to the next of them; as many steps as it has are taken."""
        took = self.go()
        if self.anew:
            self.runner.close()
        return took

    def close(self) -> None:
        """End the loop."""
        self.runner.close()


class BuiltRung:
    """A rung with its engine built, and what walks it."""

    def __init__(self, rung: Rung, config: Config, data: ModelData) -> None:
        self.rung, self.config, self.data = rung, config, data
        self.engine: Any = rung_engine(rung, config, twins.initial_weights(config))
        self._runners: dict[tuple[int, str], Runner] = {}

    def runner(self, samples: int, unit: str = STEPS, seconds: float = 0.0) -> Runner:
        """Return what walks epochs of so many samples, the same one each time.

        Args:
            samples: of an epoch.
            unit: what of it is timed.
            seconds: about what a step takes.
        """
        if (samples, unit) not in self._runners:
            self._runners[samples, unit] = self._made(samples, unit, seconds)
        return self._runners[samples, unit]

    def seconds(self, samples: int) -> float:
        """Return about what a step takes, at a first look."""
        runner = self._loop(samples) if self.rung.piped else self._walked(samples, None)
        try:
            return step_seconds(runner)
        finally:
            runner.close()

    def _made(self, samples: int, unit: str, seconds: float) -> Runner:
        steps = steps_per_epoch(self.config, samples)
        if unit == STEPS:
            part = part_of(steps, seconds)
            return self._loop(samples) if self.rung.piped else self._walked(samples, part)
        if not self.rung.piped:
            runner = self._walked(samples, steps)
            return InOneGo(runner, partial(runner.take, steps))
        held = self.runner(samples)
        assert isinstance(held, HeldRunner)
        return InOneGo(held, held.end if unit == END else held.epoch, self.rung.engine == "fit")

    def _walked(self, samples: int, part: int | None) -> Runner:
        """Return what walks an engine that is handed an epoch's order, or a part of it."""
        batch_size, seed = self.config.batch_size, self.config.seed
        arm = (self.engine, *self.data.train.first(samples), batch_size, seed)
        return EpochRunner(*arm, part=part) if self.rung.engine == "epoch" else StepRunner(*arm)

    def _loop(self, samples: int) -> HeldRunner:
        if self.rung.validates:
            validation = self.data.validation.first(to_validate(self.data, samples))
            self.engine.validation = validation
        train, batch_size = self.data.train, self.config.batch_size
        # the hand-written rung checks arrays; the others share what is on the device
        data = train.first(samples) if self.rung.impl == "raw" else train.tensors(samples)
        loop = partial(self.engine.train_epochs, *data, batch_size)
        steps = steps_per_epoch(self.config, samples)
        if isinstance(self.engine, UsersFit):
            return fit_runner(self.engine.model, loop, steps, QuietRunner)
        return HeldRunner(self.engine, "step", loop, steps)


def to_validate(data: ModelData, samples: int) -> int:
    """Return how many samples are validated on: so many of the data's as are trained on."""
    return max(1, round(len(data.validation.x) * samples / len(data.train.x)))
