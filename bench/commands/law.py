"""``gvk law``: what a step costs at each batch size and width, and the lines through that."""

from typing import Any

from bench.commands.config_from import models_named
from bench.commands.measuring import measured


def run(model: str, **given: Any) -> int:
    """Measure and store the laws; return 0, 1 where twins part, 3 where a crossover stays open."""
    return measured("law", models_named(model), _prepare, given)


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.law.measure import LawPlan
    from bench.law.measure import run as measure

    return LawPlan(**dials), measure
