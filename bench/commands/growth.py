"""``gvk growth``: samples a second and memory, as batch, data, width and seeds grow."""

from typing import Any

from bench.commands.config_from import each_of, models_named
from bench.commands.measuring import measured
from bench.growth.points import AXES


def run(model: str, axis: tuple[str, ...], **given: Any) -> int:
    """Measure and store growth; return 0, 1 where twins part, 3 where a crossover stays open."""
    return measured("growth", models_named(model), _prepare, given | {"axes": each_of(axis, AXES)})


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.growth.measure import GrowthPlan
    from bench.growth.measure import run as measure

    return GrowthPlan(**dials), measure
