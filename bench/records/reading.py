"""The records of every run: append-only JSON lines, one folder a report, read back as data.

Schema history: 1 is the first. 2 has a record for each block, and a digest in each record. A line
is one record; its kind is run, parity, accuracy, audit, stand (what is timed), block (one
observation of it), throughput (what the blocks say), resume or end. A run without its end was cut
short: nothing is concluded from it.
"""

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.errors import UserError

SCHEMA = 2
FILE_NAME = "records.jsonl"

Record = dict[str, Any]
AGAIN = " again"
"""Ends the name of an arm that is a copy: the same program built a second time, as a control."""
LAST_TASK = "latency"
"""Of those that are timed of a model: with it a model is finished."""

# What a report cannot do without; other keys may be missing.
REQUIRED: dict[str, tuple[str, ...]] = {
    "run": ("started",),
    "parity": ("model", "config", "holds", "criterion", "steps", "epochs", "rungs"),
    "accuracy": ("model", "config", "steps", "epochs", "max_ulp", "raw", "keras"),
    "throughput": ("model", "steps_per_segment", "samples_per_segment", "arms", "ratios"),
    "peers": ("model", "arms", "ratios", "against", "by_hand", "checks"),
}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


def check_name(name: str) -> str:
    """Return the name of a report if it is one that stays inside the reports folder.

    Raises:
        UserError: it is not.
    """
    if not _NAME.fullmatch(name) or name.lower() == "readme.md":
        raise UserError(
            f"--name {name!r} is no name for a report: use letters, digits and -_. only, "
            "100 at most, without a dot in front (and not README.md)"
        )
    return name


def report_folder(reports: Path, name: str) -> Path:
    """Return the folder of a report, its name checked."""
    return reports / check_name(name)


def report_folders(reports: Path) -> list[Path]:
    """Return the folder of every report that has records, by name."""
    return sorted(path.parent for path in reports.glob(f"*/{FILE_NAME}"))


def some_report_folders(reports: Path) -> list[Path]:
    """Return the same where there are any.

    Raises:
        UserError: there are none.
    """
    if folders := report_folders(reports):
        return folders
    raise UserError(f"no reports in {reports}: run `gvk bench` first, or give --reports")


@dataclass(frozen=True)
class ModelRecords:
    """What the latest complete run says about one model."""

    run: Record
    parity: list[Record]
    accuracy: list[Record]
    tasks: dict[str, Record]  # throughput by task: training, inference, latency
    also: tuple[Record, ...] = ()  # later runs that added to it

    @property
    def throughput(self) -> Record | None:
        """The throughput of training, if it was measured."""
        return self.tasks.get("training")

    @property
    def equal(self) -> bool | None:
        """Whether every parity record holds; None where there is none."""
        if not self.parity:
            return None
        return all(holds(record) for record in self.parity)

    def ratio(self, arm: str) -> Record | None:
        """Return the ratio of an arm to Keras ``fit``; None unless the model was proved equal."""
        if not self.equal or self.throughput is None:
            return None
        return next((r for r in self.throughput["ratios"] if r["arm"] == arm), None)


def holds(parity: Record) -> bool:
    """Return whether a parity record and every stage in it holds."""
    return bool(parity["holds"]) and all(stage["holds"] for stage in parity["rungs"])


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        why = error.strerror or type(error).__name__
        raise UserError(
            f"cannot write {path} ({why}): mend its permissions or choose another --reports"
        ) from error
    return path


def read(folder: Path) -> list[Record]:
    """Return all records of a report; a last line that a kill cut off is no record.

    Raises:
        UserError: there are none, or a line is not a record that this version knows.
    """
    path = folder / FILE_NAME
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise UserError(f"no records in {folder}: run `gvk bench` first") from None
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror}): mend its permissions") from error
    last = lines.pop()  # empty where the last line is whole
    records = [_parse(line, f"{path} line {n}") for n, line in enumerate(lines, 1)]
    if is_whole(last):
        records.append(_parse(last, f"{path} line {len(lines) + 1}"))
    return records


def latest(records: list[Record]) -> dict[str, ModelRecords]:
    """Return what the finished runs say about each model, later ones over earlier ones.

    A run has finished all its models when it has its end, and a model before that once its
    throughput is there, which is the last of it. So a run that was cut short loses only the model
    that it was at. A run that was to time a model starts it anew; one that was not (accuracy
    alone) adds to what is there. A proof always replaces the one of the same raw engine, so that
    nothing is reported on the strength of a proof that later failed.
    """
    models: dict[str, ModelRecords] = {}
    complete = ended(records)
    for run in (r for r in records if r["kind"] == "run" and r.get("verb", "bench") == "bench"):
        own = [r for r in records if r["run"] == run["run"] and "model" in r]
        last = {None, LAST_TASK}  # before there were tasks, training was the only one
        timed = {r["model"] for r in own if r["kind"] == "throughput" and r.get("task") in last}
        for model in dict.fromkeys(r["model"] for r in own):
            if run["run"] in complete or model in timed:
                of_model = _of_model([r for r in own if r["model"] == model], run)
                models[model] = _over(of_model, models.get(model))
    return models


def _over(new: ModelRecords, old: ModelRecords | None) -> ModelRecords:
    if old is None:
        return new
    accuracy = new.accuracy or old.accuracy
    if new.run.get("plan", {}).get("timing", True):
        return replace(new, accuracy=accuracy)
    proofs = {r["config"].get("engine"): r for r in [*old.parity, *new.parity]}
    also = (*old.also, new.run)
    return replace(old, parity=list(proofs.values()), accuracy=accuracy, also=also)


def latest_summaries(records: list[Record], kind: str) -> dict[str, list[Record]]:
    """Return the latest records of a kind by model (or part), those of one run together."""
    summaries: dict[str, list[Record]] = {}
    for record in (r for r in records if r["kind"] == kind):
        name = str(record.get("model", record.get("part")))
        earlier = summaries.get(name, [])
        same_run = [r for r in earlier if r["run"] == record["run"]]
        summaries[name] = [*same_run, record]
    return summaries


def incomplete(records: list[Record]) -> list[Record]:
    """Return the run records of the runs that have no end."""
    complete = ended(records)
    return [r for r in records if r["kind"] == "run" and r["run"] not in complete]


def ended(records: list[Record]) -> set[str]:
    """Return the ids of the runs that are complete."""
    return {r["run"] for r in records if r["kind"] == "end"}


def _of_model(own: list[Record], run: Record) -> ModelRecords:
    parity, accuracy, throughput = (
        [r for r in own if r["kind"] == kind] for kind in ("parity", "accuracy", "throughput")
    )
    return ModelRecords(run, parity, accuracy, {r.get("task", "training"): r for r in throughput})


def _parse(line: bytes, where: str) -> Record:
    """Return the record of a line, or say what is wrong with it."""
    try:
        record = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("schema"), int):
        raise UserError(f"{where} is no record: delete that line, or choose another --name")
    if record["schema"] > SCHEMA:
        raise UserError(
            f"{where} has schema {record['schema']}, this version knows up to {SCHEMA}: "
            "upgrade gvk, or choose another --name"
        )
    wanted = ("kind", "run", *REQUIRED.get(str(record.get("kind")), ()))
    missing = [key for key in wanted if key not in record]
    if missing:
        raise UserError(f"{where} lacks {', '.join(missing)}: delete that line and run again")
    return record


def is_whole(line: bytes) -> bool:
    """Return whether a line without its end is a whole JSON value all the same."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def plain(value: Any) -> Any:
    """Return a value as JSON has it: NumPy's as Python's, no number for what is not finite."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
