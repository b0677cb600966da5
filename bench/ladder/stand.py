"""The rungs of a ladder, built once a process, and shared by the pairs they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from bench import twins
from bench.host.built_here import BuiltHere
from bench.ladder.engines import rung_engine
from bench.ladder.rungs import LADDER, LEFT_OUT, PLAIN, Pair, Rung, pairs
from bench.specs import Config
from bench.timing.blocks import Work
from bench.timing.samples import ModelData
from bench.timing.segments import BuiltEngine, epochs_a_segment, samples_an_epoch, trainer

CLEARLY = 2.0
"""How many times as long XLA's epoch has to take to be left out, on a first look at a short one."""


@dataclass(frozen=True)
class Sizes:
    """What a segment is: the same samples on every rung, an epoch or several.

    Attributes:
        samples: of an epoch; the last batch is never a full one, so that no graph knows its size.
        whole: samples of the data's own epoch, of which that is a part, or all, or a multiple.
        validation: samples that are validated on, of the data's in the same proportion.
        epochs: of a segment, by rung.
        start: the name of the lowest rung.
        few, few_epochs: the same of the pairs of what is left out below it, which may be so slow
            that a longer epoch takes minutes.
    """

    samples: int
    whole: int
    validation: int
    epochs: Mapping[str, int]
    start: str
    few: int
    few_epochs: Mapping[str, int]

    def of(self, pair: Pair) -> "Sizes":
        """Return the sizes of a pair."""
        if pair.role != LEFT_OUT:
            return self
        return replace(self, samples=self.few, epochs=self.few_epochs)


class BuiltRung(BuiltEngine):
    """A rung with its engine built."""

    def __init__(self, rung: Rung, config: Config, data: ModelData) -> None:
        engine = rung_engine(rung, config, twins.initial_weights(config))
        super().__init__(engine, config.batch_size)
        self.rung, self.data, self.train = rung, data, trainer(engine, config.seed)
        self._warm: set[int] = set()

    def work(self, samples: int, epochs: int) -> None:
        """Train, and validate where the rung does."""
        if self.rung.validates:
            validation = self.data.validation.first(to_validate(self.data, samples))
            self.engine.validation = validation
        self.train(*self.data.train.first(samples), self.batch_size, epochs)

    def warm_up(self, samples: int) -> None:
        """Let happen what happens once: tracing, compiling for each size, copies to the device."""
        if samples not in self._warm:
            self.run(samples)
            self._warm.add(samples)


def to_validate(data: ModelData, samples: int) -> int:
    """Return how many samples are validated on: so many of the data's as are trained on."""
    return max(1, round(len(data.validation.x) * samples / len(data.train.x)))


class Rungs:
    """The rungs of one model, each built when it is first asked for.

    Args:
        config: the model and its dials.
        dataset, limit: what it trains on, as ``bench.data.for_model.dataset_for`` takes it.
    """

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        self.config, self.data = config, ModelData(config, dataset, limit)
        self._built: BuiltHere[str, BuiltRung] = BuiltHere()

    def build(self, rung: Rung) -> BuiltRung:
        """Return a rung with its engine built, the same one each time."""
        return self._built.once(rung.name, partial(BuiltRung, rung, self.config, self.data))


@dataclass
class PairStand:
    """Two rungs to be timed beside each other: a stand of ``bench.timing.blocks``."""

    pair: Pair
    rungs: Rungs
    sizes: Sizes

    @property
    def arms(self) -> list[str]:
        """The names of both rungs."""
        return [self.pair.lower.name, self.pair.upper.name]

    def open(self) -> Mapping[str, Work]:
        """Build both rungs, warm them up, and return a segment of each."""
        works, samples = {}, self.sizes.samples
        for rung in (self.pair.lower, self.pair.upper):
            built = self.rungs.build(rung)
            built.warm_up(samples)
            works[rung.name] = partial(built.run, samples, self.sizes.epochs[rung.name])
        return works


def sizes(rungs: Rungs, max_seconds: float) -> Sizes:
    """Return sizes at which an epoch of the top rung is short enough, and each segment long.

    What a call of ``fit`` takes once is spread over the epochs of a segment; so that it is spread
    alike, all rungs with a pipeline take as many epochs as the fastest of them needs.
    """
    few = _uneven(2, rungs.config.batch_size)
    xla, graph = (_look(rungs.build(rung), few) for rung in LADDER[:2])
    slow = xla > CLEARLY * graph
    samples = _samples(rungs.build(LADDER[-1]), max_seconds)
    needed = {
        rung.name: epochs_a_segment(_look(rungs.build(rung), samples))
        for rung in (*LADDER[slow:], PLAIN)
    }
    common = max(needed[rung.name] for rung in LADDER if rung.piped)
    start = LADDER[slow].name
    every = {rung for pair in pairs(start) for rung in (pair.lower, pair.upper)}
    epochs = {rung.name: common for rung in every if rung.piped}
    return Sizes(
        samples=samples,
        whole=len(rungs.data.train.x),
        validation=to_validate(rungs.data, samples),
        epochs=needed | epochs,
        start=start,
        few=few,
        few_epochs={LADDER[0].name: epochs_a_segment(xla), start: epochs_a_segment(graph)}
        if slow
        else {},
    )


def _uneven(steps: int, batch: int) -> int:
    """Return the samples of so many steps, the last of them with a partial batch."""
    return steps * batch - batch // 2


def _look(built: BuiltRung, samples: int) -> float:
    """Return the seconds of an epoch, at a first look."""
    built.warm_up(samples)
    return built.seconds(samples)


def _samples(top: BuiltRung, max_seconds: float) -> int:
    """Return a whole epoch, of a least length, or what can be afforded of it on a rung.

    It is never a multiple of the batch size: ``fit`` would know the size of its batches then, and
    its graph would be another one than that of the rungs below.
    """
    batch, whole = top.batch_size, len(top.data.train.x)
    samples = samples_an_epoch(whole, batch, _seconds_a_step(top), max_seconds)
    return samples if samples % batch else samples - batch // 2


def _seconds_a_step(built: BuiltRung) -> float:
    """Return the time of a step, what a call takes once taken out of it."""
    batch, few, steps = built.batch_size, 2, 6
    built.run(_uneven(few, batch))  # the first call traces
    least = built.seconds(_uneven(few, batch))
    while (most := built.seconds(_uneven(steps, batch))) < 2 * least:
        steps *= 3
    return (most - least) / (steps - few)
