"""``gvk scaling``: what replicas and workers are worth, and what more of them would be."""

from typing import Any

from bench.commands.config_from import models_named
from bench.commands.measuring import measured


def run(model: str, **given: Any) -> int:
    """Prove, time, store and print each; return 0, 1 where one is not equal, 3 if in doubt."""
    return measured("scaling", models_named(model), _prepare, given, several=True)


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.scaling.measure import ScalingPlan
    from bench.scaling.measure import run as measure

    return ScalingPlan(**dials), measure
