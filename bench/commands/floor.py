"""``gvk floor``: a step's matrix products by themselves, and each engine's share of them."""

from typing import Any

from bench.commands.config_from import models_named
from bench.commands.measuring import measured


def run(model: str, **given: Any) -> int:
    """Prove, time, store and print each floor; return 0, 1 where twins part, 3 if in doubt."""
    return measured("floor", models_named(model), _prepare, given)


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.floor.measure import FloorPlan
    from bench.floor.measure import run as measure

    return FloorPlan(**dials), measure
