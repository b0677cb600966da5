"""``gvk bench``: the pipeline, then the report."""

from functools import partial
from typing import Any

from bench.commands.config_from import each_of, models_named
from bench.commands.measuring import measured
from bench.specs import RAW_ENGINES


def run(model: tuple[str, ...], engine: tuple[str, ...], **given: Any) -> int:
    """Measure, store, report; return 0, 1 or 3, as the verdicts have it."""
    names = list(dict.fromkeys(each for given_name in model for each in models_named(given_name)))
    return measured("bench", names, partial(_prepare, engine), given)


def _prepare(engine: tuple[str, ...], **dials: Any) -> tuple[Any, Any]:
    from bench.pipeline import BenchPlan
    from bench.pipeline import run as measure

    return BenchPlan(engines=each_of(engine, RAW_ENGINES), **dials), measure
