"""A proof as the plain record that is stored, and back; a stage is called ``rung`` there."""

from dataclasses import asdict
from typing import Any

from bench.proof.comparisons import Entry
from bench.proof.distance import UNLIKE, Distance
from bench.proof.lockstep import Parity
from bench.specs import Config


def parity_record(parity: Parity) -> dict[str, Any]:
    """Return the verdict, and a line for each stage and tensor."""
    return {
        "model": parity.config.model,
        "config": parity.config.to_dict(),
        "holds": parity.holds,
        "criterion": parity.criterion,
        "steps": parity.steps,
        "epochs": parity.epochs,
        "exact": list(parity.exact),
        "causes": list(parity.causes),
        "rungs": [
            {**_line(entry), "floor": parity.floor.get((entry.stage, entry.tensor))}
            for entry in parity.entries
        ],
        "metrics": parity.metrics,
    }


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "rung": entry.stage,
        "tensor": entry.tensor,
        "holds": entry.holds,
        **asdict(entry.distance),
        "first_step": entry.first_step,
        "note": entry.note,
    }


def parity_of(record: dict[str, Any]) -> Parity:
    """Return what ``parity_record`` stored, so that a resumed run need not prove it again."""
    lines = record["rungs"]
    return Parity(
        config=Config.from_dict(record["config"]),
        criterion=record["criterion"],
        entries=tuple(_entry_of(line) for line in lines),
        steps=record["steps"],
        epochs=record["epochs"],
        exact=tuple(record["exact"]),
        metrics=record["metrics"],
        causes=tuple(record["causes"]),
        floor={
            (line["rung"], line["tensor"]): line["floor"]
            for line in lines
            if line["floor"] is not None
        },
    )


def _entry_of(line: dict[str, Any]) -> Entry:
    far = UNLIKE.max_abs  # JSON has no infinity: it was stored as null
    largest, relative = (
        far if line[name] is None else line[name] for name in ("max_abs", "max_relative")
    )
    distance = Distance(largest, relative, line["max_ulp"])
    return Entry(
        line["rung"], line["tensor"], line["holds"], distance, line["first_step"], line["note"]
    )
