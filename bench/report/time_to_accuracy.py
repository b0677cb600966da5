"""How long each arm would train until the validation accuracy is there: worked out, not timed.

Both sides hold the same bits, so both need the same epochs; what differs is the time of one.
"""

from statistics import fmean

from bench.records.reading import AGAIN, ModelRecords, Record
from bench.render.markdown import counted, percent, significant, table

TARGETS = (0.99, 0.97, 0.95, 0.9, 0.8, 0.5)
"""The highest that a model's curve reaches is its target."""


def time_table(models: dict[str, ModelRecords]) -> str:
    """Return for each model and arm the seconds of training to the model's target."""
    rows = [row for model, records in models.items() for row in _rows(model, records)]
    return table(("Model", "Validation accuracy", "After", "Arm", "Seconds"), rows, "llrlr")


def _rows(model: str, records: ModelRecords) -> list[list[str]]:
    if not records.equal or records.throughput is None or not records.accuracy:
        return []
    trained = records.accuracy[0]
    reached, batch_size = first_epoch(trained), trained["config"].get("batch_size")
    if reached is None or batch_size is None:
        return []
    target, epoch = reached
    n_train = trained["steps"] / trained["epochs"] * batch_size
    return [
        [model, percent(target), counted(epoch, "epoch"), arm["arm"], significant(seconds)]
        for arm in records.throughput["arms"]
        if not arm["arm"].endswith(AGAIN)
        and (seconds := epoch * n_train * per_sample(records.throughput, arm))
    ]


def first_epoch(trained: Record) -> tuple[float, int] | None:
    """Return the highest target that a curve reaches, and the first epoch at which it does."""
    curve = trained.get("curves", {}).get("keras", [])
    for target in TARGETS:
        for point in curve:
            if (point.get("val_accuracy") or 0) >= target:
                return target, point["epoch"]
    return None


def per_sample(throughput: Record, arm: Record) -> float:
    """Return the seconds that an arm takes for a sample."""
    samples = arm.get("samples") or throughput["samples_per_segment"]
    return fmean(arm["seconds"]) / samples
