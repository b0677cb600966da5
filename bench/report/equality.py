"""The tables of equality and accuracy, from stored records."""

from collections.abc import Sequence

from bench.records.reading import ModelRecords, Record, holds
from bench.render.markdown import (
    MISSING,
    area,
    count,
    counted,
    escape,
    percent,
    scalar,
    small,
    table,
    ulps,
)
from bench.specs import DIAL_DEFAULTS, MODELS

NOT_EQUAL = "NOT EQUAL"


def verdict(records: ModelRecords) -> str:
    """Return whether a model's twins are equal, in two words."""
    return {True: "EQUAL", False: NOT_EQUAL, None: "not proved equal"}[records.equal]


def first_difference(parity: Record) -> Record | None:
    """Return the stage at which the twins part first; None where none is written down."""
    parted = [stage for stage in parity["rungs"] if not stage["holds"]]
    return min(parted, key=lambda stage: stage.get("first_step") or 0, default=None)


def pair_name(config: Record) -> str:
    """Return the engines of a pair, by hand and in Keras, as one word: ``step-fit``."""
    whole = DIAL_DEFAULTS | config
    return f"{whole['engine']}-{whole['keras_engine']}"


def labels(parities: Sequence[Record]) -> list[str]:
    """Return a name for each parity record of a model: its pair, and every other dial that varies.

    A record from before a dial was there has the dial's default. How long a proof was is no dial.
    """
    configs: list[Record] = [DIAL_DEFAULTS | parity["config"] for parity in parities]
    named = ("engine", "keras_engine", "epochs")
    dials = [d for d in dict.fromkeys(k for c in configs for k in c) if d not in named]
    varied = [d for d in dials if len({str(config.get(d)) for config in configs}) > 1]
    return [", ".join([pair_name(c), *(scalar(c.get(d)) for d in varied)]) for c in configs]


def in_short(models: dict[str, ModelRecords]) -> str:
    """Return in a sentence how many pairs meet which criterion, and which are the odd ones."""
    met: dict[str, dict[str, list[str]]] = {}
    for model, records in models.items():
        for parity in records.parity:
            said = f"{'meet' if holds(parity) else 'DO NOT meet'} *{escape(parity['criterion'])}*"
            met.setdefault(said, {}).setdefault(pair_name(parity["config"]), []).append(model)
    numbers = {said: sum(map(len, pairs.values())) for said, pairs in met.items()}
    usual, *others = sorted(met, key=lambda said: -numbers[said])
    parts = [f"{numbers[usual]} {usual}"]
    for other in others:
        which = [f"`{pair}` of {escape(', '.join(of))}" for pair, of in met[other].items()]
        parts.append(f"{numbers[other]} {other} ({'; '.join(which)})")
    pairs = counted(sum(numbers.values()), "pair")
    return f"Of {pairs} of engines, one by hand and one of Keras, {'; '.join(parts)}."


def parity_table(models: dict[str, ModelRecords]) -> str:
    """Return a row for all pairs of a model of which the same was found."""
    columns = ("Model", "By hand-Keras", "Criterion", "Steps", "Largest abs", "Largest ULP")
    rows: dict[tuple[str, ...], list[str]] = {}
    for model, records in models.items():
        for label, parity in zip(labels(records.parity), records.parity, strict=True):
            rows.setdefault((model, *_parity_cells(parity)), []).append(label)
    cells = [[model, "; ".join(pairs), *rest] for (model, *rest), pairs in rows.items()]
    return table((*columns, "Verdict"), cells, "lllrrrl")


def _parity_cells(parity: Record) -> list[str]:
    sizes = [stage.get("max_abs") for stage in parity["rungs"]]
    steps = [u for u in (stage.get("max_ulp") for stage in parity["rungs"]) if u is not None]
    largest = None if None in sizes else max(sizes, default=None)
    return [
        parity["criterion"],
        count(parity["steps"]),
        small(largest) if sizes else MISSING,
        ulps(max(steps, default=None)),
        "equal" if holds(parity) else NOT_EQUAL,
    ]


def accuracy_table(models: dict[str, ModelRecords]) -> str:
    """Return one row for each model and initializer."""
    every = [record for records in models.values() for record in records.accuracy]
    binary = any(r[side].get("roc_auc") is not None for r in every for side in ("raw", "keras"))
    columns = ["Model", "Initializer", "Epochs", "Steps", "By hand", "Keras"]
    columns += ["By hand, AUC", "Keras, AUC"] * binary + ["Weights, ULP"]
    rows = [_accuracy_row(record, binary) for record in every]
    return table(columns, rows, "llrrrr" + "rr" * binary + "r")


def _accuracy_row(record: Record, binary: bool) -> list[str]:
    sides = [record["raw"], record["keras"]]
    return [
        record["model"],
        scalar(record["config"].get("initializer")),
        _of_the_workshops(record),
        count(record["steps"]),
        *(percent(side.get("accuracy")) for side in sides),
        *(area(side.get("roc_auc")) for side in sides if binary),
        ulps(record["max_ulp"]),
    ]


def _of_the_workshops(record: Record) -> str:
    """Return the epochs, and how many the workshop has where it has another number."""
    epochs, spec = record["epochs"], MODELS.get(str(record["model"]))
    said = count(epochs)
    return said if spec is None or spec.epochs == epochs else f"{said} of {count(spec.epochs)}"
