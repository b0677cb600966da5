"""``--engine auto``: the fastest engine and dials that keep to what is asked of the weights."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.dials.dials import Setting
from bench.dials.measure import TunePlan, tune
from bench.dials.remembered import key_of, recall, remember
from bench.dials.stand import Job
from bench.dials.words import IN_WORDS, span
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import ENGINES

CANDIDATES = {"raw": ("epoch", "session", "step"), "keras": ("fit",)}
"""By side, what is tried; the last one is what the others are held against."""
BUDGET_SECONDS = 30.0


@dataclass(frozen=True)
class Choice:
    """What is run.

    Attributes:
        engine: a key of ``bench.specs.ENGINES``.
        dials: of its process, as ``Setting.to_list`` gives them.
        why: in words.
        remembered: whether an earlier run found it.
    """

    engine: str
    dials: tuple[Record, ...]
    why: str
    remembered: bool = False

    @property
    def setting(self) -> Setting:
        """The dials together."""
        return Setting.from_list(self.dials)

    @property
    def line(self) -> str:
        """What is said of it."""
        how = "remembered from an earlier run" if self.remembered else "tuned now"
        return f"--engine auto: {self.engine}, {self.setting.name}: {self.why} ({how})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"dials": list(self.dials)}

    @classmethod
    def from_dict(cls, values: Any) -> "Choice | None":
        """Return the choice that was kept; None where the values are none."""
        try:
            choice = cls(values["engine"], tuple(values["dials"]), str(values["why"]), True)
            choice.line  # noqa: B018 - every dial can be read
        except (KeyError, TypeError, AttributeError):
            return None
        return choice if choice.engine in ENGINES else None


def choose(job: Job, impl: str, criterion: str, xla: bool) -> Choice:
    """Return the fastest engine of a side with its dials: remembered, or found by a short tune.

    Args:
        job: the model and its data.
        impl: ``raw`` or ``keras``.
        criterion: a key of ``bench.dials.words.IN_WORDS``.
        xla: whether XLA may be among the dials.
    """
    engines = CANDIDATES[impl]
    dials = job.config.but(seed=0, epochs=1, engine="step", keras_engine="fit").to_dict()
    asked = {"config": dials, "data": [job.dataset, job.limit], "engines": engines}
    key = key_of({**asked, "criterion": criterion, "xla": xla})
    if kept := Choice.from_dict(recall(key)):
        return kept
    choice = _tuned(job, engines, impl, criterion, xla)
    if not remember(key, choice.to_dict()):
        return replace(choice, why=f"{choice.why}; it cannot be remembered, for want of a cache")
    return choice


def _tuned(job: Job, engines: Sequence[str], impl: str, criterion: str, xla: bool) -> Choice:
    plan = TunePlan(
        job.dataset, job.limit, time_budget=BUDGET_SECONDS, engines=tuple(engines), xla=xla
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.start(verb="tune")
        record = tune(store, job, plan, lambda line: None)
    best = record["best"][criterion][impl]
    return Choice(best["engine"], tuple(best["dials"]), _why(best, record["reference"], criterion))


def _why(best: Record, reference: str, criterion: str) -> str:
    """Return what speaks for it: how much faster it is, and how near it keeps."""
    times = f"{span(best['against_reference'])} times as fast as {reference} as it comes"
    if best["engine"] == reference and not best["dials"]:
        times = "nothing is known to be faster"
    return f"{times}, {IN_WORDS[criterion]}"
