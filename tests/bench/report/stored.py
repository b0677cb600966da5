"""Records as a run stores them, made by hand, and what a test reads in a report."""

import re
from pathlib import Path
from typing import Any

from bench.records.writing import Store
from bench.report.document import write_report
from bench.report.model_page import page_name

ENVIRONMENT = {
    "python": "3.12.1",
    "tensorflow": "2.21.0",
    "cpu": "Some CPU | 2 cores",
    "memory_gib": 15.6,
    "xla": False,
    "gpu": "none: not measured",
}
DATASET = {
    "name": "mnist",
    "source": "/home/ann/data/mnist.npz",
    "sha256": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "train": 55_000,
    "validation": 5_000,
    "test": 10_000,
}
RUN = {
    "command": "/opt/venv/bin/gvk bench --data /home/ann/data/mnist.npz --seed 0",
    "environment": ENVIRONMENT,
    "dataset": DATASET,
    "started": "2026-11-23T10:15:00+00:00",
}


def rung(name: str, tensor: str, **changes: Any) -> dict[str, Any]:
    equal: dict[str, Any] = {
        "holds": True,
        "max_abs": 0.0,
        "max_ulp": 0,
        "max_relative": 0.0,
        "first_step": None,
    }
    return {"rung": name, "tensor": tensor, **equal, **changes}


def config(model: str, **dials: Any) -> dict[str, Any]:
    base = {"model": model, "engine": "step", "keras_engine": "fit", "kernels": "fused"}
    return {**base, "initializer": "glorot-uniform", "learning_rate": 0.05, "seed": 0, **dials}


def parity(model: str, engine: str = "step", **changes: Any) -> dict[str, Any]:
    rungs = [rung("gradient", "dense_1/kernel"), rung("test metric", "accuracy")]
    record: dict[str, Any] = {
        "model": model,
        "config": config(model, engine=engine),
        "criterion": "0 ULP",
    }
    record |= {"holds": True, "steps": 1290, "epochs": 3, "exact": ["op determinism", "no XLA"]}
    return {**record, "rungs": rungs, "metrics": {}, **changes}


def parted(model: str, engine: str = "step") -> dict[str, Any]:
    gap: dict[str, Any] = {
        "holds": False,
        "max_abs": 3.1e-4,
        "max_ulp": 5_208,
        "max_relative": 1e-3,
    }
    broken = rung("gradient", "dense_1/kernel", first_step=7, **gap)
    later = rung("weights after step", "dense_1/kernel", first_step=8, **gap)
    rungs = [rung("loss", "loss"), later, broken]
    return parity(model, engine, holds=False, rungs=rungs)


def accuracy(model: str, initializer: str, share: float, **changes: Any) -> dict[str, Any]:
    auc = 0.99987 if model == "perceptron" else None
    side = {"accuracy": share, "roc_auc": auc, "loss": 0.1, "n_test": 10_000}
    curve = [{"epoch": e, "loss": 1 / e, "val_accuracy": share - 0.1 / e} for e in (1, 2, 3)]
    record = {"model": model, "config": config(model, initializer=initializer), "steps": 1290}
    record |= {"epochs": 3, "n_parameters": 52_000, "max_ulp": 0, "raw": side, "keras": side}
    return {**record, "curves": {"raw": curve, "keras": curve}, **changes}


def throughput(model: str, low: float = 1.80, high: float | None = 2.05) -> dict[str, Any]:
    def arm(name: str, seconds: list[float]) -> dict[str, Any]:
        impl, engine = name.split()
        return {
            "arm": name,
            "impl": impl,
            "engine": engine,
            "seconds": seconds,
            "proved": "0 ULP over 46 steps",
        }

    arms = [
        arm("raw step", [0.88, 0.90, 0.86]),
        arm("raw session", [0.95, 0.93, 0.94]),
        arm("keras fit", [1.70, 1.69, 1.72]),
    ]
    ratios = [
        {"arm": "raw step", "ratio": 1.92, "low": low, "high": high, "blocks": 3},
        {"arm": "raw session", "ratio": 1.81, "low": 1.7, "high": 1.9, "blocks": 3},
    ]
    record = {"model": model, "config": config(model), "order_seed": 11, "reference": "keras fit"}
    record |= {"steps_per_segment": 430, "samples_per_segment": 55_000, "n_train": 55_000}
    return {**record, "arms": arms, "ratios": ratios}


def whole(model: str = "mlp") -> list[tuple[str, dict[str, Any]]]:
    """All records of a model of which everything was measured."""
    return [
        ("parity", parity(model)),
        ("parity", parity(model, "session")),
        ("accuracy", accuracy(model, "glorot-uniform", 0.9710)),
        ("accuracy", accuracy(model, "truncated-normal", 0.9585)),
        ("throughput", throughput(model)),
    ]


def bench(
    folder: Path, records: list[tuple[str, dict[str, Any]]], end: bool = True, **run: Any
) -> str:
    """Store a run; return its id."""
    store = Store(folder)
    store.start(**{**RUN, **run})
    for kind, values in records:
        store.append(kind, **values)
    if end:
        store.finish()
    return store.run


def report(folder: Path, records: list[tuple[str, dict[str, Any]]], **run: Any) -> str:
    bench(folder, records, **run)
    return write_report(folder).read_text(encoding="utf-8")


def unlinked(text: str) -> str:
    """Return a text without its links to the glossary (``tests/bench/render/test_glossary.py``)."""
    return re.sub(r"\[([^]]*)\]\([^)]*glossary\.md#[^)]*\)", r"\1", text)


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def row(text: str, model: str) -> dict[str, str]:
    """A model's row of the table on a report's first screen, by column."""
    columns, _, *every = rows(text.split("\n## ", maxsplit=1)[0])
    own = next(cells for cells in every if cells[0].startswith(f"[{model}]("))
    return dict(zip(columns, own, strict=True))


def page(folder: Path, model: str = "mlp") -> str:
    return unlinked((folder / page_name(model)).read_text(encoding="utf-8"))
