"""What a bench found, a row a model, for the end of ``gvk bench``."""

from pathlib import Path

from bench.records.reading import ModelRecords, Record, latest, read
from bench.render.markdown import MISSING, counted, percent
from bench.render.terminal import Cell, Rows
from bench.report import advice, choice
from bench.report.choice import best, best_loop, switch, timed_option
from bench.report.equality import NOT_EQUAL, first_difference
from bench.report.model_page import page_name
from bench.report.two_prices import engine, in_one_loop, times
from bench.timing.prices import Price

COLUMNS = (
    "model",
    "equal",
    "test accuracy / by hand, Keras",
    "Keras's layers / take, times",
    "fit / takes, times",
    "what to do",
    "report",
)


def answers(folder: Path, models: list[str]) -> Rows:
    """Return a row for each of these models of a report folder, as ``COLUMNS`` has them.

    The prices are of the fastest loop that was timed by hand and around Keras's layers.
    """
    found = latest(read(folder))
    return {model: _cells(folder, model, found[model]) for model in models if model in found}


def _cells(folder: Path, model: str, records: ModelRecords) -> list[Cell]:
    layers, of_fit = in_one_loop(records)
    return [
        _equal(records),
        _accuracy(records),
        _price(layers),
        _price(of_fit),
        _what_to_do(records),
        [f"{folder}/", page_name(model)],
    ]


def _equal(records: ModelRecords) -> Cell:
    if not records.equal:
        return [NOT_EQUAL, *_parted(records)] if records.parity else [MISSING]
    apart, _, steps = advice.walked(records).partition(", ")
    return [f"{apart},", steps]


def _parted(records: ModelRecords) -> Cell:
    broken = next(p for p in records.parity if not p["holds"])
    stage = first_difference(broken) or {}
    place = f"{stage['rung']} {stage['tensor']}" if stage else "before its end"
    return [f"raw {broken['config'].get('engine')}:", place]


def _accuracy(records: ModelRecords) -> Cell:
    """Return the accuracies of both sides, and how they were trained."""
    if not records.accuracy:
        return [MISSING]
    record = records.accuracy[0]
    raw, keras = (percent(record[side]["accuracy"]) for side in ("raw", "keras"))
    optimizer = record["config"].get("optimizer", "sgd")
    cell = [f"{raw}, {keras}", f"{optimizer}, {counted(record['steps'], 'step')}"]
    return cell if learned(record) else [*cell, "no better than guessing"]


def learned(record: Record) -> bool:
    """Return whether both sides do better than to name the commonest class of the test set.

    Better by three standard errors of an accuracy, so that luck does not pass for learning. A
    record from before there were confusions has learned as far as it says.
    """
    of_sides = (record.get("outcomes") or {}).get("confusion", {})
    return all(_above_chance(matrix) for matrix in of_sides.values())


def _above_chance(confusion: list[list[int]]) -> bool:
    totals = [sum(row) for row in confusion]
    n = sum(totals)
    chance = max(totals) / n
    right = sum(row[number] for number, row in enumerate(confusion)) / n
    return bool(right > chance + 3 * (chance * (1 - chance) / n) ** 0.5)


def _price(paid: Price | None) -> Cell:
    ratio, _, reach = times(paid).partition(" ")
    return [ratio, reach] if reach else [ratio]


def _what_to_do(records: ModelRecords) -> Cell:
    raw, loop = best(records, "raw") or {}, best_loop(records) or {}
    option = timed_option(records)
    return {
        choice.UNKNOWN: ["not timed"],
        choice.DOUBTFUL: ["measure again:", "a control failed"],
        choice.STAY: ["stay with fit"],
        choice.OPTION: ["stay with fit,", switch(option["arm"]) if option else "given an option"],
        choice.LEAVE: ["keep the layers,", f"in {_named(loop)}"],
        choice.BY_HAND: ["write it by hand,", f"in {_named(raw)}"],
        choice.OPEN: ["open: the loop", "or the layers"],
    }[choice.decision(records)]


def _named(arm: Record) -> str:
    return engine(arm["arm"]) if arm else MISSING
