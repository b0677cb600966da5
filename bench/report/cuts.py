"""What a report measured on less than the whole of it, or not at all, and what ``fit`` waited."""

from collections.abc import Iterator, Mapping
from statistics import fmean

from bench.records.reading import ModelRecords, Record
from bench.render.markdown import count, counted, escape, significant, whole_percent
from bench.report.choice import timed
from bench.report.settings import grouped, has_no_gpu
from bench.report.speed import REFERENCE
from bench.specs import DIAL_DEFAULTS, MODELS

DEFAULT = str(DIAL_DEFAULTS["optimizer"])
Models = Mapping[str, ModelRecords]


def cuts(models: Models) -> Iterator[str]:
    """Yield what was cut short, and what was not measured, each in a few words."""
    trained = {escape(m): cut_training(r.accuracy[0]) for m, r in models.items() if r.accuracy}
    if cut := {model: epochs for model, epochs in trained.items() if epochs}:
        yield f"trained for {grouped(cut, whole=False)} of the workshop's epochs"
    optimizers = {escape(m): _optimizer(r.accuracy[0]) for m, r in models.items() if r.accuracy}
    if other := {model: name for model, name in optimizers.items() if name != DEFAULT}:
        yield f"trained by {grouped(other, whole=False)}, the workshop by {DEFAULT}"
    shares = [share for records in models.values() if (share := _share(records))]
    if shares:
        low, high = (whole_percent(end) for end in (min(shares), max(shares)))
        yield f"timed in epochs cut to {low if low == high else f'{low} to {high}'} of theirs"
    if endless := [escape(m) for m, records in models.items() if _without_ends(records)]:
        yield f"timed without what `fit` does between two epochs ({', '.join(endless)})"
    missing = {
        "accuracy": [escape(m) for m, r in models.items() if not r.accuracy],
        "time": [escape(m) for m, r in models.items() if r.throughput is None],
    }
    yield from (f"{what} not measured ({', '.join(own)})" for what, own in missing.items() if own)
    if all(has_no_gpu(records.run) for records in models.values()):
        yield "GPU not measured, none found"


def cut_training(record: Record) -> str:
    """Return how many of the workshop's epochs were trained, where those are more."""
    spec = MODELS.get(str(record["model"]))
    if spec is None or record["epochs"] >= spec.epochs:
        return ""
    return f"{count(record['epochs'])} of {count(spec.epochs)}"


def _optimizer(record: Record) -> str:
    return escape(str(record["config"].get("optimizer", DEFAULT)))


def cut_timing(records: ModelRecords) -> bool:
    """Return whether a model's times are not of whole epochs of the full data."""
    return _share(records) is not None or _without_ends(records)


def _share(records: ModelRecords) -> float | None:
    """Return the share of an epoch that was timed, where that is not all of it."""
    record = timed(records) or {}
    samples, whole = record.get("samples_per_segment", 0), record.get("epoch_samples", 0)
    return samples / whole if samples < whole else None


def _without_ends(records: ModelRecords) -> bool:
    """Return whether steps alone were timed, and not what ``fit`` does between two epochs."""
    return not (timed(records) or {}).get("whole_epochs", True)


def waits(models: Models) -> str:
    """Return how long ``fit`` waited at the ends of epochs, and how often; empty if never seen."""
    ends = {escape(m): end for m, r in models.items() if (end := _end_of_fit(r))}
    if not ends:
        return ""
    said = grouped({model: _wait(end) for model, end in ends.items()}, len(ends) == len(models))
    return f"At the end of an epoch `fit` may wait, which its µs leave out: {said}"


def _end_of_fit(records: ModelRecords) -> Record | None:
    arms = (timed(records) or {}).get("arms", [])
    return next((arm.get("epoch_end") for arm in arms if arm["arm"] == REFERENCE), None)


def _wait(end: Record) -> str:
    """Return a wait in seconds and how often it came, of the epochs that were seen."""
    waited = [seconds for seconds in end["waits"] if seconds]
    epochs = counted(end["epochs"], "epoch")
    if not waited:
        return f"never in {epochs}"
    return f"{significant(fmean(waited))} s in {count(len(waited))} of {epochs}"
