"""Two runs side by side: their ratios, never their seconds.

The seconds of two runs differ by whatever else the machine did. The ratio of two programs that
stood in the same blocks does not, or much less. So what is compared across commits is how the
ratio of an arm to Keras has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.errors import UserError
from bench.records.reading import AGAIN, Record, ended, read, report_folders
from bench.records.seals import identity_of
from bench.stats.intervals import Ratio, change_of
from bench.stats.verdicts import Verdict, judge
from bench.timing.summary import per_epoch

# what two commits may differ in, and still be compared
_MAY_DIFFER = {
    "environment: git_commit",
    *(f"plan: {name}" for name in ("precision", "blocks", "seed", "target_width", "time_budget")),
    *(f"plan: {name}" for name in ("models", "epochs", "engines")),
}


@dataclass(frozen=True)
class Change:
    """How the ratio of an arm to its reference differs between two runs.

    Attributes:
        before, after: the ratio in each run.
        change: after over before: above 1 the arm got faster beside its reference.
    """

    model: str
    task: str
    arm: str
    reference: str
    before: float
    after: float
    change: Ratio
    verdict: Verdict


def records_of_run(reports: Path, name: str) -> list[Record]:
    """Return the records of a run, by its id, or of the latest complete run of a report.

    Raises:
        UserError: there is no such run, or it has no end.
    """
    for folder in report_folders(reports):
        records = read(folder)
        complete = ended(records)
        runs = [r["run"] for r in records if r["kind"] == "run" and r.get("verb") == "bench"]
        if folder.name == name and (done := [run for run in runs if run in complete]):
            return [r for r in records if r["run"] == done[-1]]
        if name in runs:
            if name not in complete:
                raise UserError(f"run {name} was cut short: finish it with gvk bench --resume")
            return [r for r in records if r["run"] == name]
    raise UserError(f"no complete run '{name}' in {reports}: give a run's id or a report's name")


def changes_between(before: list[Record], after: list[Record], margin: float) -> list[Change]:
    """Return the change of every ratio that both runs have.

    Raises:
        UserError: they were measured on unlike machines or data, or have no ratio in common.
    """
    _refuse_unlike(before[0], after[0])
    changes = list(_changes(before, after, margin))
    if not changes:
        raise UserError("the two runs have no ratio in common: name runs of the same models")
    return changes


def _refuse_unlike(before: Record, after: Record) -> None:
    there, here = identity_of(before), identity_of(after)
    unlike = [
        name
        for name in there | here
        if there.get(name) != here.get(name) and name not in _MAY_DIFFER
    ]
    if unlike:
        name = unlike[0]
        raise UserError(
            f"the runs are not comparable: {name} is {there.get(name)} in the first and "
            f"{here.get(name)} in the second ({len(unlike)} such): measure both alike"
        )


def _changes(before: list[Record], after: list[Record], margin: float) -> Iterator[Change]:
    for stand in (r for r in after if r["kind"] == "stand"):
        head = {key: stand[key] for key in ("model", "task")}
        other = _all(before, "stand", head)
        if not other:
            continue
        logs = [_log_ratios(records, head) for records in (before, after)]
        controls = [
            Ratio(c["ratio"], c["low"], c["high"], c["blocks"])
            for records in (before, after)
            for summary in _all(records, "throughput", head)
            for c in summary["controls"]
        ]
        for arm in logs[1]:
            if arm in logs[0] and not arm.endswith(AGAIN) and arm != stand["reference"]:
                pair = (logs[0][arm], logs[1][arm])
                yield _change(head, arm, stand["reference"], pair, controls, margin)


def _change(
    head: Record,
    arm: str,
    reference: str,
    logs: tuple[np.ndarray, np.ndarray],
    controls: list[Ratio],
    margin: float,
) -> Change:
    log_change = change_of(*logs)
    mean, low, high = (float(v) for v in np.exp([log_change.mean, log_change.low, log_change.high]))
    change = Ratio(mean, low, high, log_change.blocks)
    before, after = (float(np.exp(each.mean())) for each in logs)
    judged = judge(change, controls, margin)
    return Change(head["model"], head["task"], arm, reference, before, after, change, judged)


def _log_ratios(records: list[Record], head: Record) -> dict[str, np.ndarray]:
    """Return by arm the log ratio to the reference in each block."""
    stand = _all(records, "stand", head)[-1]
    seconds = per_epoch(stand, _all(records, "block", head))
    reference = np.asarray(seconds[stand["reference"]])
    return {arm: np.log(reference / np.asarray(values)) for arm, values in seconds.items()}


def _all(records: list[Record], kind: str, head: Record) -> list[Record]:
    return [r for r in records if r["kind"] == kind and head.items() <= r.items()]
