"""Opening a run in a store: which verb, by which command, on what machine and data."""

from dataclasses import asdict
from typing import Any

from bench.data.datasets import load
from bench.data.for_model import dataset_facts
from bench.host.machine import environment
from bench.records.writing import Store


def begin(
    store: Store, verb: str, plan: Any, command: str, resume: bool = False, **more: Any
) -> None:
    """Begin a run, or go on with the last one of the verb.

    Args:
        plan: the dataclass of what is to be done; two sittings of a run have the same.
        more: what else they have to have in common.
    """
    store.start(
        resume,
        verb=verb,
        command=command,
        plan=asdict(plan) | more,
        environment=environment(),
        dataset=dataset_facts(load(plan.dataset)),  # the whole of it; each model takes its part
    )
