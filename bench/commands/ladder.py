"""``gvk ladder``: the price of each convenience, a rung at a time."""

from typing import Any

from bench.commands.config_from import models_named
from bench.commands.measuring import measured


def run(model: str, **given: Any) -> int:
    """Prove, time, store and print each ladder; return the worst of 0, 3 and 1."""
    return measured("ladder", models_named(model), _prepare, given)


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.ladder.measure import LadderPlan
    from bench.ladder.measure import run as measure

    return LadderPlan(**dials), measure
