"""``gvk bench``: the pipeline, then the report."""

from typing import Any

from bench.commands.config_from import each_of, models_named, place_of
from bench.commands.measuring import measured
from bench.specs import RAW_ENGINES


def run(model: tuple[str, ...], engine: tuple[str, ...], **given: Any) -> int:
    """Measure, store, report; return 0, 1 or 3, as the verdicts have it."""
    names = list(dict.fromkeys(each for given_name in model for each in models_named(given_name)))
    place = place_of(given)

    def prepare() -> tuple[Any, Any]:
        from bench.pipeline import BenchPlan
        from bench.pipeline import run as measure

        return BenchPlan(engines=each_of(engine, RAW_ENGINES), **given), measure

    return measured("bench", names, prepare, **place, data=(given["dataset"], given["limit"]))
