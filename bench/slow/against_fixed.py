"""A cured program and one without the fault, timed in turns, in a process of their own."""

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.diagnose.worker import serve


def _answered(request: dict[str, Any]) -> dict[str, Any]:
    from bench.diagnose.pair import pair_of_files
    from bench.slow.api import shortened
    from bench.slow.climb import PROBE_STEPS, ROUNDS, SECONDS, interval
    from bench.slow.source import source_of
    from bench.slow.trial import grown, warm
    from bench.slow.turns import in_turns
    from bench.slow.ways import STEP

    pair = shortened(pair_of_files((request["fixed"],), "fixed", "reference", "DATA"))
    way = request["way"]
    with tempfile.TemporaryDirectory() as folder:
        of = {"cured": (request["cured"], "loop"), "fixed": (request["fixed"], "fixed")}
        made = {
            name: warm(source_of(Path(file), Path(folder)), factory, way, pair)
            for name, (file, factory) in of.items()
        }
        for each in made.values():
            if way == STEP:
                grown(each, PROBE_STEPS, SECONDS)
                each.about = max(each.runner.take(5).seconds / 5, 1e-6)
        about = {name: each.about for name, each in made.items()}
        runners = {name: each.runner for name, each in made.items()}
        times = in_turns(runners, about, 2 * ROUNDS, 2 * SECONDS)
        return asdict(interval(times.ratio("cured", "fixed")))


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], _answered)
