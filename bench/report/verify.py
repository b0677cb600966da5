"""Whether a report is what its records say, and the records what was measured.

Everything that was worked out is worked out again: the seal of each record, the order of each
block, each summary from its blocks, and each file of the report from the summaries. Seals and what
was measured have to be the same to the bit; what is worked out of it may differ in the last bits
that processors do not share (``bench.rounding``), and in a printed digit only where they decide it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bench.calibration.summary import part_summary, trial_summary
from bench.dials import summary as tune_summary
from bench.floor import summary as floor_summary
from bench.growth import summary as growth_summary
from bench.ladder import summary as ladder_summary
from bench.law import fit as law_fit
from bench.peers import summary as peers_summary
from bench.records.differences import differences
from bench.records.reading import FILE_NAME, Record, plain, read
from bench.records.seals import seal_holds
from bench.report.document import documents
from bench.report.index import index_files
from bench.rounding import however_rounded
from bench.scaling import summary as scaling_summary
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


def _by_stand(stands: list[Record], blocks: list[Record]) -> dict[str, list[Record]]:
    """Return the blocks of each stand; one that nothing was timed of has none."""
    return {stand["pair"]: [b for b in blocks if b["pair"] == stand["pair"]] for stand in stands}


# What is worked out of the stands and blocks of a model: the kind of the record, and how.
SUMMARIES: dict[str, Callable[[list[Record], list[Record]], Record]] = {
    "throughput": lambda stands, blocks: summaries.throughput(stands[0], blocks),
    "ladder": lambda stands, blocks: ladder_summary.summary(stands, _by(blocks, "pair")),
    "law": law_fit.summary,
    "peers": lambda stands, blocks: peers_summary.summary(stands[0], blocks),
    "tune": lambda stands, blocks: tune_summary.summary(stands, _by_stand(stands, blocks)),
    "floor": lambda stands, blocks: floor_summary.summary(stands[0], blocks),
    "growth": growth_summary.summary,
    "scaling": lambda stands, blocks: scaling_summary.summary(stands[0], blocks),
}


def verify(folder: Path) -> Verified:
    """Work everything out again.

    Raises:
        UserError: there are no records, or a line of them is none.
    """
    numbered = list(enumerate(read(folder), start=1))
    files = documents(folder)
    work = [
        (line, stored, again) for line, stored in numbered if (again := _work(numbered, stored))
    ]
    faults = [
        *_broken_seals(numbered),
        *_false_orders(numbered),
        *(fault for each in work for fault in _false_summary(*each)),
        *_false_files(folder, files, lambda: documents(folder)),
    ]
    n_blocks = sum((r["kind"] == "block") + len(_blocks_in(r)) for _, r in numbered)
    return Verified(len(numbered), n_blocks, len(work), len(files), tuple(faults))


def verify_index(reports: Path) -> list[Fault]:
    """Return the faults of the files that a reports folder has beside its reports."""

    def look() -> Files:
        return index_files(reports)

    return _false_files(reports, look(), look)


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


def _false_summary(line: int, stored: Record, again: Callable[[], Record]) -> Iterator[Fault]:
    """Yield each value of a summary that its blocks do not give."""

    def look() -> dict[str, tuple[Any, Any]]:
        return {name: (was, now) for name, was, now in differences(stored, plain(again()))}

    for name, (was, now) in however_rounded(look(), look).items():
        problem = f"{name} is {json.dumps(was)}, its blocks give {json.dumps(now)}"
        yield Fault(_place(line, stored), problem)


def _work(records: Numbered, stored: Record) -> Callable[[], Record] | None:
    """Return how a summary comes from what it was made of; None of other records and schema 1."""
    kind, part = stored["kind"], stored.get("part")
    if kind == "trial":
        return lambda: trial_summary(stored, stored["blocks"])
    if kind == "calibration":
        made_of = "coverage" if part == "simulation" else "trial"
        tried = [record for _, record in _of_task(records, stored, made_of)]
        of_part = [record for record in tried if record.get("part", part) == part]
        return lambda: part_summary(str(part), of_part)
    if kind not in SUMMARIES:
        return None
    stands, blocks = (
        [record for _, record in _of_task(records, stored, made_of)]
        for made_of in ("stand", "block")
    )
    return (lambda: SUMMARIES[kind](stands, blocks)) if stands else None


def _of_task(records: Numbered, like: Record, kind: str) -> Numbered:
    """Return the records of a kind that are of the same run, model and task as another."""
    head = {key: like.get(key) for key in ("run", "model", "task")}
    return [
        (line, record)
        for line, record in records
        if record["kind"] == kind and all(record.get(key) == v for key, v in head.items())
    ]


Files = Mapping[str, bytes]


def _false_files(folder: Path, files: Files, again: Callable[[], Files]) -> list[Fault]:
    """Return the first line of each file in which it is not what the records give."""
    false_lines = however_rounded(
        _false_lines(folder, files), lambda: _false_lines(folder, again())
    )
    first: dict[str, Fault] = {}
    for (name, _), fault in false_lines.items():
        first.setdefault(name, fault)
    return list(first.values())


def _false_lines(folder: Path, files: Files) -> dict[tuple[str, int], Fault]:
    """Return by file and line what is not what the records give."""
    faults = {}
    for name, content in files.items():
        path = folder / name
        if not path.is_file():
            faults[name, 0] = Fault(name, "is missing: run `gvk report`")
            continue
        both = zip_longest(path.read_bytes().splitlines(), content.splitlines(), fillvalue=b"")
        for line, (was, now) in enumerate(both, start=1):
            if was != now:
                faults[name, line] = Fault(f"{name} line {line}", _unlike(was, now))
    return faults


def _unlike(was: bytes, now: bytes) -> str:
    """Return what a line says and what it should, around the place where the two part."""
    at = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
    start = max(0, at - LONGEST // 4)
    return f"says {_shown(was, start)!r}, its records give {_shown(now, start)!r}"


def _shown(line: bytes, start: int) -> str:
    return line[start : start + LONGEST // 2].decode(errors="replace")
