"""What runs in a worker of a Dask cluster: it hands a job to a process of its own.

A worker's process is not what a job of ``--jobs`` has: Dask sets threads of libraries there, and
what other clients run in it may have put TensorFlow into any state.
"""

import json
from threading import Lock
from typing import Any

from bench.data.named import Named, require_same
from bench.errors import UserError
from bench.jobs.crew import Crew
from bench.jobs.job import Answer, Job
from bench.jobs.same_program import difference, environment, program

_crews: dict[str, Crew] = {}
_lock = Lock()


def complaint(settings: dict[str, str], wanted: dict[str, str], data: list[dict[str, Any]]) -> str:
    """Return in words why a job would not do here what it does where it comes from, or nothing.

    Args:
        settings: variables by which numbers may differ.
        wanted: the program that has them.
        data: that jobs need, as ``Named.to_dict`` says it.
    """
    if found := difference(wanted, program(settings)):
        return f"it has {found}: install the same there"
    from bench.data.datasets import load

    try:
        for each in map(Named.from_dict, data):
            require_same(each, load(each.name).sha256)
    except UserError as error:
        return str(error)
    return ""


def do(run: str, settings: dict[str, str], wanted: dict[str, str], job: str) -> Answer:
    """Return the answer to a job from a process that has a run's settings.

    Args:
        run: whose processes are shared with no other run.
        settings, wanted: as ``complaint`` takes them.
        job: as JSON.

    Raises:
        Died: that process did; Dask tries again.
    """
    with _lock:
        if run not in _crews:
            if found := difference(wanted, program(settings)):
                return {"error": "UserError", "said": f"a worker has {found}"}
            _crews[run] = Crew(environment(settings))
    return _crews[run].do(Job(*json.loads(job)))


def leave(run: str) -> None:
    """End the processes of a run; none is started for it any more."""
    with _lock:
        _crews.setdefault(run, Crew({})).close()
