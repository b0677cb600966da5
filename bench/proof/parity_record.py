"""A proof as the plain record that is stored, and back."""

from dataclasses import asdict
from typing import Any

from bench.proof.comparisons import Entry
from bench.proof.distance import UNLIKE, Distance
from bench.proof.lockstep import Parity
from bench.specs import Config


def parity_record(parity: Parity) -> dict[str, Any]:
    """Return the verdict, and a line for each rung and tensor."""
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
            {**_rung(entry), "floor": parity.floor.get((entry.rung, entry.tensor))}
            for entry in parity.entries
        ],
        "metrics": parity.metrics,
    }


def _rung(entry: Entry) -> dict[str, Any]:
    return {
        "rung": entry.rung,
        "tensor": entry.tensor,
        "holds": entry.holds,
        **asdict(entry.distance),
        "first_step": entry.first_step,
        "note": entry.note,
    }


def parity_of(record: dict[str, Any]) -> Parity:
    """Return what ``parity_record`` stored, so that a resumed run need not prove it again."""
    rungs = record["rungs"]
    return Parity(
        config=Config.from_dict(record["config"]),
        criterion=record["criterion"],
        entries=tuple(_entry_of(rung) for rung in rungs),
        steps=record["steps"],
        epochs=record["epochs"],
        exact=tuple(record["exact"]),
        metrics=record["metrics"],
        causes=tuple(record["causes"]),
        floor={
            (rung["rung"], rung["tensor"]): rung["floor"]
            for rung in rungs
            if rung["floor"] is not None
        },
    )


def _entry_of(rung: dict[str, Any]) -> Entry:
    far = UNLIKE.max_abs  # JSON has no infinity: it was stored as null
    largest, relative = (
        far if rung[name] is None else rung[name] for name in ("max_abs", "max_relative")
    )
    distance = Distance(largest, relative, rung["max_ulp"])
    return Entry(
        rung["rung"], rung["tensor"], rung["holds"], distance, rung["first_step"], rung["note"]
    )
