"""From what was measured to the plain records that are stored."""

from dataclasses import asdict
from typing import Any

from bench.accuracy import Accuracy
from bench.compare import UNLIKE, Distance
from bench.ledger import Entry
from bench.parity import Parity
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


def accuracy_record(found: Accuracy, n_test: int) -> dict[str, Any]:
    """Return how both sides ended, and their curves."""
    return {
        "model": found.config.model,
        "config": found.config.to_dict(),
        "n_parameters": found.n_parameters,
        "steps": found.steps,
        "epochs": found.config.epochs,
        "max_ulp": max(distance.max_ulp for distance in found.weights),
        "weights": [asdict(distance) for distance in found.weights],
        **{
            side: {
                "accuracy": test["accuracy"],
                "roc_auc": test.get("roc_auc"),
                "loss": found.curves[side][-1].loss,
                "n_test": n_test,
            }
            for side, test in found.test.items()
        },
        "curves": {side: [asdict(e) for e in curve] for side, curve in found.curves.items()},
        "outcomes": found.outcomes,
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
