"""The blocks of any report as one tidy table: a row a block and arm, for questions of one's own."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.records.epoch_end import ends_of
from bench.records.reading import AGAIN, Record, read
from bench.records.slices import METHOD, step_seconds

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = {
    "run": "str",
    "latest": "bool",
    "model": "str",
    "task": "str",
    "place": "str",
    "arm": "str",
    "impl": "str",
    "engine": "str",
    "block": "int64",
    "steps": "Int64",
    "samples": "Int64",
    "seconds": "float64",
    "samples_per_second": "float64",
    "reference": "str",
    "ratio": "float64",
    "verdict": "str",
}
"""Names and types; where a record has nothing to say, words are empty and numbers missing."""

SUMMARIES = (
    "throughput", "ladder", "law", "growth", "floor", "scaling", "peers", "trial",
)  # fmt: skip
"""The kinds of record that a measuring comes to."""
STAND = ["run", "model", "task", "place"]
"""What the arms that took turns in the same blocks have in common."""
_FACTS = [*STAND, "arm", "impl", "engine", "steps", "samples", "reference", "verdict"]


def frame(report_folder: Path | str) -> "DataFrame":
    """Return what was timed for a report: a row for each block and arm.

    ``seconds`` is the mean of the arm's two segments in a block, for one epoch of ``samples`` in
    ``steps`` (latency: one call; law: one run; calibration: one segment). ``ratio`` is how many
    times as fast the arm was as ``reference`` in that very block, a sample for a sample: Keras's
    own way in training, inference and law, the lower rung of a ladder's pair, and for a copy what
    it is a copy of. ``verdict`` is the one on the arm over all blocks. ``place`` is the pair, the
    point or the trial; ``latest`` says that no later run measured the same model and task to its
    end.

    Args:
        report_folder: such as ``reports/mnist``.

    Raises:
        UserError: there are no records, or a line of them is none.
    """
    from pandas import DataFrame

    records = read(Path(report_folder))
    stood = {_key(record) for record in records if record["kind"] == "stand"}
    timed = [r for r in records if r["kind"] != "throughput" or _key(r) not in stood]
    segments = DataFrame(_segments(timed), columns=[*STAND, "arm", "block", "seconds"])
    segments = segments.astype({"seconds": "float64"})
    arms = DataFrame(_arms(timed, _verdicts(records)), columns=[*_FACTS, "epochs"])
    rows = arms.merge(segments.groupby([*STAND, "arm", "block"], as_index=False).mean())
    ends = DataFrame(_ends(timed), columns=[*STAND, "arm", "block", "end"])
    rows = rows.merge(ends.astype({"end": "float64"}), how="left")
    rows["seconds"] = rows["seconds"] / rows["epochs"] + rows["end"].fillna(0)
    rows["samples_per_second"] = rows["samples"] / rows["seconds"]
    last = _last_runs(records)
    of_model = zip(rows["model"], rows["task"], rows["run"], strict=True)
    rows["latest"] = [last.get((model, task)) == run for model, task, run in of_model]
    return _with_ratio(rows)[list(COLUMNS)].astype(COLUMNS)


def _with_ratio(rows: "DataFrame") -> "DataFrame":
    """Return the table with the speed of each arm over that of its reference, block by block."""
    # where samples are not counted, segments are alike
    rows["speed"] = rows["samples"].fillna(1) / rows["seconds"]
    beside = rows[[*STAND, "block", "arm", "speed"]]
    beside = beside.rename(columns={"arm": "reference", "speed": "reference_speed"})
    both = rows.merge(beside, how="left", on=[*STAND, "block", "reference"])
    return both.assign(ratio=both["speed"] / both["reference_speed"])


def _segments(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the seconds of every segment, and where it stood."""
    for record in records:
        head = _head(record)
        if record["kind"] == "throughput":  # from before blocks had records of their own
            for arm in record["arms"]:
                for number, each in enumerate(arm["seconds"]):
                    yield {**head, "arm": arm["arm"], "block": number, "seconds": each}
        for block in record["blocks"] if record["kind"] == "trial" else [record]:
            if "block" in block and "order" in block:  # a scaling sums in an order of its own
                for arm, seconds in _timed(block):
                    yield {**head, "arm": arm, "block": block["block"], "seconds": seconds}


def _ends(records: Iterable[Record]) -> Iterator[Record]:
    """Yield what an epoch of an arm took beyond its steps in each block, where that was timed."""
    stands: dict[Any, list[Record]] = {}
    for record in records:
        if record.get("ends"):
            stands.setdefault(tuple(_head(record).values()), []).append(record)
    for blocks in stands.values():
        for arm in dict.fromkeys(blocks[0]["order"]):
            if ends := ends_of(arm, blocks):
                for block, end in zip(blocks, ends["by_block"], strict=True):
                    yield {**_head(block), "arm": arm, "block": block["block"], "end": end}


def _timed(block: Record) -> Iterable[tuple[str, float]]:
    """Return each segment's arm and seconds; of slices each arm, and what a step of it took."""
    if block.get("steps"):
        return [(arm, step_seconds(block, arm)) for arm in dict.fromkeys(block["order"])]
    return zip(block["order"], block["seconds"], strict=True)


def _arms(records: Iterable[Record], verdicts: dict[Any, str]) -> Iterator[Record]:
    """Yield the facts of every arm by one name each, whichever verb has stored them."""
    for record in records:
        if record["kind"] in ("stand", "throughput", "trial"):
            arms = [a if isinstance(a, dict) else {"arm": a} for a in record["arms"]]
            for arm in arms:
                yield {
                    **_head(record),
                    "impl": "",
                    "engine": "",
                    "steps": record.get("steps_per_segment", record.get("steps")),
                    "samples": _samples(arm, record),
                    **arm.get("rung", {}),
                    **arm,
                    "epochs": _epochs(arm, record),
                    "reference": _reference(arm, arms, record),
                    "verdict": verdicts.get((*_key(record), arm["arm"]), ""),
                }


def _epochs(arm: Record, record: Record) -> float:
    """Return how many epochs were timed at once; of slices it was a step.

    Of an epoch's end it was that, whatever the epoch.
    """
    if record["kind"] != "stand" or _of_an_end(arm, record):
        return 1
    if record.get("method") == METHOD:
        return 1 / float(arm.get("steps") or record["steps"])
    return float(arm.get("epochs", 1))


def _of_an_end(arm: Record, record: Record) -> bool:
    """Return whether the end of an epoch was timed of a ladder's rung."""
    names = (record.get("lower"), record.get("upper"))
    return (arm["arm"], "end of an epoch") in zip(names, record.get("units", ()), strict=False)


def _samples(arm: Record, record: Record) -> int | None:
    """Return what an arm saw in an epoch; of a law's point its steps tell it."""
    if "batch_size" in record:
        return int(arm["steps"] * record["batch_size"])
    samples: int | None = record.get("samples_per_segment", record.get("samples"))
    return None if _of_an_end(arm, record) else samples


def _reference(arm: Record, arms: list[Record], record: Record) -> str:
    """Return what an arm is held against; empty where there is nothing.

    A copy against what it copies, one step of a law's point against one of Keras.
    """
    if arm["arm"].endswith(AGAIN):
        return str(arm["arm"].removesuffix(AGAIN))
    if record["kind"] == "trial":
        return str(arms[0]["arm"])
    keras: Record = next((a for a in arms if a.get("impl") == "keras"), {})
    if arm["arm"] in {each.get("one_step") for each in arms}:
        return str(keras.get("one_step", ""))
    of_record = record.get("reference", record.get("lower", keras.get("arm", "")))
    return str(arm.get("reference", of_record))


def _head(record: Record) -> Record:
    return dict(zip(STAND, _key(record), strict=True))


def _key(record: Record) -> tuple[str, ...]:
    """Return run, model, task and place of what was timed."""
    run, model = record["run"], record.get("model", "")
    if record["kind"] == "trial":
        return run, model, f"calibration {record['part']}", f"trial {record['trial']}"
    place = record.get("pair", record.get("point", ""))
    return run, model, record.get("task", "training"), str(place)


def _verdicts(records: Iterable[Record]) -> dict[Any, str]:
    """Return the verdict on each arm that there is one on."""
    verdicts = {}
    for record in records:
        for ratio in record["ratios"] if record["kind"] in ("throughput", "peers") else []:
            verdicts[*_key(record), ratio["arm"]] = ratio.get("verdict", "")
        if record["kind"] == "trial":
            verdicts[*_key(record), record["arms"][1]] = record["verdict"]
    return verdicts


def _last_runs(records: Iterable[Record]) -> dict[tuple[str, ...], str]:
    """Return by model and task the last run that came to its summary."""
    return {_key(record)[1:3]: record["run"] for record in records if record["kind"] in SUMMARIES}
