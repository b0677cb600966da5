"""Whether a report is what its records say, and the records what was measured.

Everything that was worked out is worked out again: the seal of each record, the order of each
block, each summary from its blocks, and each file of the report from the summaries.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bench.calibration.summary import part_summary, trial_summary
from bench.ladder import summary as ladder_summary
from bench.law import fit as law_fit
from bench.records.reading import FILE_NAME, Record, plain, read
from bench.records.seals import seal_holds
from bench.report.document import documents
from bench.report.index import INDEX, index
from bench.stats.intervals import palindrome
from bench.timing import summary as summaries

LONGEST = 160


@dataclass(frozen=True)
class Fault:
    """A place where a report is not what its records say."""

    place: str
    problem: str

    def __str__(self) -> str:
        """Name the place, then what is wrong there."""
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True)
class Verified:
    """What was worked out again: how many records, blocks, summaries and files, and the faults."""

    records: int
    blocks: int
    summaries: int
    files: int
    faults: tuple[Fault, ...]


def _by(blocks: list[Record], key: str) -> dict[str, list[Record]]:
    return {name: [b for b in blocks if b[key] == name] for name in {b[key] for b in blocks}}


# What is worked out of the stands and blocks of a model: the kind of the record, and how.
SUMMARIES: dict[str, Callable[[list[Record], list[Record]], Record]] = {
    "throughput": lambda stands, blocks: summaries.throughput(stands[0], blocks),
    "ladder": lambda stands, blocks: ladder_summary.summary(stands, _by(blocks, "pair")),
    "law": law_fit.summary,
}


def verify(folder: Path) -> Verified:
    """Work everything out again.

    Raises:
        UserError: there are no records, or a line of them is none.
    """
    records = read(folder)
    numbered = list(enumerate(records, start=1))
    files = documents(folder)
    worked_out = [
        (line, stored, again)
        for line, stored in numbered
        if (again := _worked_out(numbered, stored)) is not None
    ]
    faults = [
        *_broken_seals(numbered),
        *_false_orders(numbered),
        *_false_summaries(worked_out),
        *(
            fault
            for name, content in files.items()
            for fault in _false_file(folder / name, content)
        ),
    ]
    n_blocks = sum((r["kind"] == "block") + len(_blocks_in(r)) for r in records)
    return Verified(len(records), n_blocks, len(worked_out), len(files), tuple(faults))


def verify_index(reports: Path) -> list[Fault]:
    """Return the faults of the index of a reports folder."""
    return list(_false_file(reports / INDEX, index(reports)))


Numbered = list[tuple[int, Record]]


def _place(line: int, record: Record) -> str:
    about = [
        str(record[key])
        for key in ("kind", "model", "part", "task", "pair", "point", "trial", "block")
        if key in record
    ]
    return f"{FILE_NAME} line {line} ({' '.join(about)})"


def _broken_seals(records: Numbered) -> Iterator[Fault]:
    for line, record in records:
        if not seal_holds(record):
            yield Fault(_place(line, record), "was changed after it was written")


def _false_orders(records: Numbered) -> Iterator[Fault]:
    """Yield the blocks whose segments did not stand in the order that the seed gives."""
    for line, stand in records:
        if stand["kind"] == "stand" and stand.get("arms") and "order_seed" in stand:
            of_stand = [
                (number, block)
                for number, block in _of_task(records, stand, "block")
                if all(stand.get(key) == block.get(key) for key in ("pair", "point"))
            ]
            arms = [arm["arm"] for arm in stand["arms"]]
            for number, block in of_stand:
                if _out_of_order(block, arms, stand["order_seed"]):
                    problem = f"its order is not the one that the seed gives (line {line})"
                    yield Fault(_place(number, block), problem)
    for line, trial in records:
        for block in _blocks_in(trial):
            if _out_of_order(block, trial["arms"], trial["order_seed"]):
                problem = f"the order of block {block['block']} is not the one that the seed gives"
                yield Fault(_place(line, trial), problem)


def _out_of_order(block: Record, arms: list[str], seed: int) -> bool:
    return bool(block["order"] != palindrome(arms, seed, block["block"]))


def _blocks_in(record: Record) -> list[Record]:
    """Return the blocks that a trial of a calibration holds itself."""
    return list(record["blocks"]) if record["kind"] == "trial" else []


def _false_summaries(worked_out: list[tuple[int, Record, Record]]) -> Iterator[Fault]:
    for line, stored, again in worked_out:
        for name, was, now in _differences(stored, plain(again)):
            yield Fault(_place(line, stored), f"{name} is {was}, its blocks give {now}")


def _worked_out(records: Numbered, stored: Record) -> Record | None:
    """Return a summary from what it was made of; None of other records, and of schema 1."""
    kind = stored["kind"]
    if kind == "trial":
        return trial_summary(stored, stored["blocks"])
    if kind == "calibration":
        made_of = "coverage" if stored["part"] == "simulation" else "trial"
        tried = [record for _, record in _of_task(records, stored, made_of)]
        part = stored["part"]
        return part_summary(part, [r for r in tried if r.get("part", part) == part])
    if kind not in SUMMARIES:
        return None
    stands, blocks = (
        [record for _, record in _of_task(records, stored, made_of)]
        for made_of in ("stand", "block")
    )
    return SUMMARIES[kind](stands, blocks) if stands else None


def _of_task(records: Numbered, like: Record, kind: str) -> Numbered:
    """Return the records of a kind that are of the same run, model and task as another."""
    head = {key: like.get(key) for key in ("run", "model", "task")}
    return [
        (line, record)
        for line, record in records
        if record["kind"] == kind and all(record.get(key) == v for key, v in head.items())
    ]


def _differences(stored: Any, again: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield name, stored value and new one of every leaf of ``again`` that differs."""
    if isinstance(again, dict):
        for key, value in again.items():
            yield from _differences((stored or {}).get(key), value, f"{name}.{key}".lstrip("."))
    elif isinstance(again, list):
        for number, (was, now) in enumerate(zip_longest(stored or [], again)):
            yield from _differences(was, now, f"{name}[{number}]")
    elif stored != again:
        yield name, json.dumps(stored), json.dumps(again)


def _false_file(path: Path, content: bytes) -> Iterator[Fault]:
    """Yield the first line in which a file is not what the records give."""
    if not path.is_file():
        yield Fault(path.name, "is missing: run `gvk report`")
        return
    there, wanted = path.read_bytes().splitlines(), content.splitlines()
    for line, (was, now) in enumerate(zip_longest(there, wanted, fillvalue=b""), start=1):
        if was != now:
            at = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
            start = max(0, at - LONGEST // 4)
            yield Fault(
                f"{path.name} line {line}",
                f"says {_shown(was, start)!r}, its records give {_shown(now, start)!r}",
            )
            return


def _shown(line: bytes, start: int) -> str:
    return line[start : start + LONGEST // 2].decode(errors="replace")
