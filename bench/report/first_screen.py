"""The first screen of a report: where it was measured, what to decide, every model in a row."""

from collections.abc import Mapping
from math import isfinite
from urllib.parse import quote

from bench.records.reading import ModelRecords, Record
from bench.render.markdown import (
    MISSING,
    count,
    counted,
    escape,
    markdown_table,
    percent,
    scalar,
    significant,
)
from bench.report import advice
from bench.report.choice import DOUBTFUL, best, decision, timed
from bench.report.cuts import cut_timing, cut_training, cuts, waits
from bench.report.decisions import Ladders, decisions
from bench.report.equality import verdict
from bench.report.model_page import page_name
from bench.report.settings import grouped, has_no_gpu
from bench.report.speed import REFERENCE, step_us
from bench.report.two_prices import engine, in_one_loop
from bench.rounding import lean
from bench.timing.prices import Price

Models = Mapping[str, ModelRecords]
CUT = "†"
"""Stands in a cell beside what was measured on less than the whole of it."""
PRICES = ("Layers \N{MULTIPLICATION SIGN}", "`fit` \N{MULTIPLICATION SIGN}")
TABLE = (
    "A training step in µs: by hand, with Keras's layers in the same loop, and in `fit`; then how "
    "many times as long it takes for Keras's layers and for `fit`, with the reach of the 95 % "
    "interval."
)


def first_screen(models: Models, ladders: Ladders) -> list[str]:
    """Return the paragraphs of the first screen of a report.

    Args:
        models: what is known of each.
        ladders: the records of its ladder.
    """
    parts = [
        where(models),
        decisions(models, ladders),
        prices_table(models),
        _notes(models),
        _parted(models),
    ]
    return [part for part in parts if part]


def where(models: Models) -> str:
    """Return machine, data, batch and date, in two lines."""
    used = {model: records.run for model, records in models.items()}
    facts = {model: run.get("environment") or {} for model, run in used.items()}
    machines = grouped({m: _machine(own) for m, own in facts.items()})
    versions = grouped({m: _versions(own) for m, own in facts.items()})
    gpu = ", no GPU" if all(has_no_gpu(run) for run in used.values()) else ""
    data = grouped({m: _data(run.get("dataset") or {}) for m, run in used.items()})
    batches = grouped({m: count(_batch_size(records)) for m, records in models.items()})
    dates = sorted({str(run["started"])[:10] for run in used.values()})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return (
        f"**Measured** on {escape(machines)}{gpu}, with {escape(versions)}, {escape(when)}. "
        f"**Data:** {escape(data)}, in batches of {escape(batches)}."
    )


def _machine(environment: Record) -> str:
    on_cpu = has_no_gpu({"environment": environment})
    named, cores = scalar(environment.get("cpu" if on_cpu else "gpu")), environment.get("cores")
    return f"{named}, {counted(cores, 'core')}" if isinstance(cores, int) else named


def _versions(environment: Record) -> str:
    names = {"tensorflow": "TensorFlow", "keras": "Keras"}
    said = [
        f"{name} {scalar(environment[key])}" for key, name in names.items() if key in environment
    ]
    return ", ".join(said) or "versions not known"


def _data(dataset: Record) -> str:
    train = dataset.get("train")
    samples = f", {count(train)} training samples" if isinstance(train, int) else ""
    return f"{scalar(dataset.get('name'))}{samples}"


def _batch_size(records: ModelRecords) -> int | None:
    every = [records.throughput or {}, *records.parity, *records.accuracy]
    sizes = [r["config"]["batch_size"] for r in every if "batch_size" in r.get("config", {})]
    return sizes[0] if sizes else None


def prices_table(models: Models) -> str:
    """Return a row for each model: equal, accurate, a step in three ways, and both prices."""
    columns = ("Model", "Equal", "Accuracy", "By hand", "Layers", "`fit`", *PRICES)
    rows = [_row(model, records) for model, records in models.items()]
    return f"{TABLE}\n\n{markdown_table(columns, rows, 'llrrrrrr')}"


def _row(model: str, records: ModelRecords) -> list[str]:
    layers, of_fit = in_one_loop(records)
    doubt = " ?" * (decision(records) == DOUBTFUL)
    cut = f" {CUT}" * cut_timing(records)
    return [
        f"[{_unbroken(model)}]({quote(page_name(model))})",
        escape(_equal(records)),
        _accuracy(records),
        *(_us(records, arm) for arm in (*_loop(records), REFERENCE)),
        _within(layers) + doubt * bool(layers),
        _within(of_fit) + (cut + doubt) * bool(of_fit),
    ]


def _unbroken(model: str) -> str:
    """Return a name that is not broken at its hyphens."""
    return escape(model).replace("-", "\N{NON-BREAKING HYPHEN}")


def _equal(records: ModelRecords) -> str:
    """Return how far both sides lie apart, without the steps."""
    return advice.walked(records).partition(", ")[0]


def _within(paid: Price | None) -> str:
    """Return a price and how far its interval reaches, to the side where it reaches farther."""
    if paid is None:
        return MISSING
    times = paid.times
    reach = lean(100 * max(times.high / times.ratio - 1, 1 - times.low / times.ratio))
    if not isfinite(reach):
        return f"{lean(times.ratio):.2f}, open"
    return f"{lean(times.ratio):.2f} ± {reach:.{0 if reach >= 1 else 1}f} %"


def _loop(records: ModelRecords) -> tuple[str, str]:
    """Return the arms of the same loop by hand and around Keras's layers, empty where untimed."""
    layers, of_fit = in_one_loop(records)
    if layers:
        return layers.cheap, layers.dear
    raw = best(records, "raw")
    return str(raw["arm"]) if raw else "", of_fit.cheap if of_fit else ""


def _us(records: ModelRecords, name: str) -> str:
    """Return what a step of an arm takes, of a model that was proved equal."""
    record = timed(records) or {}
    arm = next((arm for arm in record.get("arms", []) if arm["arm"] == name), None)
    return significant(step_us(record, arm)) if arm else MISSING


def _accuracy(records: ModelRecords) -> str:
    """Return the test accuracy of both sides; once where it is the same."""
    if not records.accuracy:
        return MISSING
    record = records.accuracy[0]
    both = dict.fromkeys(percent(record[side].get("accuracy")) for side in ("raw", "keras"))
    return " / ".join(both) + f" {CUT}" * bool(cut_training(record))


def _followed(models: Models) -> str:
    """Return over how many steps each pair was followed that is called equal."""
    walks = {escape(m): advice.walked(r).partition(", ")[2] for m, r in models.items()}
    followed = {model: steps for model, steps in walks.items() if steps}
    said = grouped(followed, whole=len(followed) == len(models))
    return f"Equal: followed over {said}" if followed else ""


def _loops(models: Models) -> str:
    """Return in which loop each model was timed."""
    loops = {m: _loop(records)[0] for m, records in models.items()}
    said = grouped({escape(m): f"`{engine(arm)}`" for m, arm in loops.items() if arm})
    return f"Loop by hand: {said}" if said else ""


def _parted(models: Models) -> str:
    """Return where the twins part that are not equal: of them no time is given."""
    return "\n".join(
        f"- **{escape(model)}: {verdict(records)}.** {advice.where_parted(records)}. Programs that "
        "are not equal are not compared in speed."
        for model, records in models.items()
        if records.equal is False
    )


def _notes(models: Models) -> str:
    """Return what the table needs to be read, in a few words; what was cut short is said here."""
    cut = "; ".join(cuts(models))
    said = [_followed(models), _loops(models), waits(models)]
    said += [f"Cut short ({CUT}): {cut}"] * bool(cut)
    if any(decision(records) == DOUBTFUL for records in models.values()):
        said.append("?: a control is off by too much for a verdict")
    return f"*{'. '.join(filter(None, said))}.*" if any(said) else ""
