"""``gvk tune``: what the process's own dials are worth."""

from typing import Any

from bench.commands.config_from import each_of, models_named
from bench.commands.measuring import measured
from bench.dials.dials import TUNED


def run(model: str, engine: tuple[str, ...], **given: Any) -> int:
    """Try each dial, store and report; return 0, or 3 where nothing is known."""
    engines = [name for name in TUNED if name in each_of(engine, TUNED)] if engine else TUNED

    def prepare(**dials: Any) -> tuple[Any, Any]:
        from bench.dials.measure import TunePlan
        from bench.dials.measure import run as measure

        return TunePlan(engines=tuple(engines), **dials), measure

    return measured("tune", models_named(model), prepare, given)
