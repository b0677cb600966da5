"""``gvk calibrate``: the method tried where the truth is known; the report beside the others."""

import shlex
import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import each_of
from bench.commands.user_files import new_file, write_json
from bench.host.lock import sole_measurement
from bench.host.quiet_import import quiet_tensorflow
from bench.records.reading import report_folder
from bench.records.writing import Store


def run(
    part: tuple[str, ...],
    parts: tuple[str, ...],
    runs: int | None,
    time_budget: float | None,
    seed: int,
    resume: bool,
    reports: Path,
    name: str,
    json_path: Path | None,
) -> int:
    """Try each part; return 1 if what is claimed of one does not hold."""
    new_file(json_path, "--json")
    folder = report_folder(reports, name)
    store = Store(folder)
    chosen = each_of(part, parts)
    plan = {"parts": chosen, "runs": runs, "time_budget": time_budget, "seed": seed}
    with sole_measurement():
        quiet_tensorflow()
        from bench.host.machine import environment

        command = "gvk " + shlex.join(sys.argv[1:])
        store.start(resume, verb="calibrate", command=command, plan=plan, environment=environment())
        shares = _shares(chosen, time_budget)
        summaries = [_tried(store, each, runs, seed, shares.get(each)) for each in chosen]
        store.finish()
    from bench.report.document import write_report
    from bench.report.index import write_index

    click.echo(f"report     {write_report(folder)}")
    write_index(reports)
    write_json(json_path, "calibrate", {"parts": summaries})
    return 0 if all(summary["holds"] for summary in summaries) else 1


def _shares(chosen: Sequence[str], time_budget: float | None) -> dict[str, float]:
    """Return the seconds of each part that is measured here, in proportion to what it needs."""
    from bench.calibration.measure import PARTS

    need = {name: PARTS[name].seconds for name in chosen if name in PARTS}
    return {name: (time_budget or inf) * own / sum(need.values()) for name, own in need.items()}


def _tried(
    store: Store, part: str, runs: int | None, seed: int, budget_seconds: float | None
) -> dict[str, Any]:
    """Measure a part, store and print what it comes to."""
    from bench.calibration.measure import measure, simulate
    from bench.calibration.summary import part_summary

    if earlier := store.earlier("calibration", part=part):
        return earlier[-1]
    if budget_seconds is None:
        trials = simulate(store, runs, seed)
    else:
        trials = measure(store, part, runs, seed, budget_seconds)
    summary = store.append("calibration", **part_summary(part, list(trials)))
    word = "holds" if summary["holds"] else "DOES NOT HOLD"
    click.echo(f"calibrate  {part}: {summary['claim']}: {word}, {summary['found']}")
    return summary
