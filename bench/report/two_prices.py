"""The two prices in words: what Keras's layers cost, and what ``fit`` costs around them.

"Faster when written by hand" is said of the layers alone: of two programs with the same loop.
"""

from bench.explain.excerpts import Excerpt, source
from bench.records.reading import ModelRecords, Record
from bench.render.markdown import MISSING, folded, interval, whole_percent
from bench.stats.verdicts import EQUIVALENT, FASTER, SLOWER
from bench.timing.prices import BEST_FIT, FIT, LAYERS, Price, price, prices

WHOSE_LOOPS = (
    "`own_loop` and `own_epoch` are this project's own loops around the same Keras model: a "
    "`GradientTape`, Keras's loss and optimizer, and a call a step or the whole epoch in one "
    "graph. So the first price is that of Keras's layers, loss and optimizer against those by hand "
    "in the same loop, and the second that of `fit` against such a loop."
)
STEP = Excerpt("keras_impl/own_loop.py", "OwnLoop._step")


def in_one_loop(records: ModelRecords) -> tuple[Price | None, Price | None]:
    """Return the price of Keras's layers, and that of ``fit`` around the layers of that loop.

    The loop is the fastest that was timed. Nothing of a model that was not proved equal.
    """
    timed = records.throughput if records.equal else None
    if timed is None:
        return None, None
    layers = price(timed, LAYERS)
    if layers is None:
        return None, price(timed, FIT)
    around = [paid for paid in prices(timed) if paid.of == FIT and paid.cheap == layers.dear]
    return layers, next(iter(around), None)


def sentences(records: ModelRecords) -> list[str]:
    """Return each price in a sentence, then what follows; nothing where none was measured."""
    layers, of_fit = in_one_loop(records)
    said = [_layers(layers)] if layers else []
    said += [_fit(of_fit)] if of_fit else []
    said += [_fit(best)] if of_fit and (best := _at_its_best(records, of_fit)) else []
    return [*said, _conclusion(layers, of_fit)] if layers else said


def cell(timed: Record | None, of: str) -> str:
    """Return a price for a table: how many times as long it takes."""
    return times(price(timed, of) if timed else None)


def times(paid: Price | None) -> str:
    """Return how many times as long it takes with what is paid for, with its interval."""
    return interval(paid.times.ratio, paid.times.low, paid.times.high) if paid else MISSING


def explained() -> str:
    """Return whose loops the prices are taken in, and the step that both share."""
    code = f"```python\n# {STEP.place}\n{source(STEP)}\n```"
    return f"{WHOSE_LOOPS}\n\n{folded('The step of own_loop and own_epoch', code)}"


def _layers(paid: Price) -> str:
    keras, by_hand = engine(paid.dear), engine(paid.cheap)
    return (
        f"Keras's layers (`{keras}`) take {times(paid)} times as long as the same by hand "
        f"(`{by_hand}`), in the same loop."
    )


def _at_its_best(records: ModelRecords, of_fit: Price) -> Price | None:
    """Return the price of ``fit`` given its best option, against the same loop; if it has one."""
    every = [paid for paid in prices(records.throughput or {}) if paid.of == BEST_FIT]
    return next((p for p in every if p.cheap == of_fit.cheap and p.dear != of_fit.dear), None)


def _fit(paid: Price) -> str:
    fit, around = engine(paid.dear), engine(paid.cheap)
    return f"`{fit}` takes {times(paid)} times as long as `{around}` around the same layers."


def _conclusion(layers: Price, of_fit: Price | None) -> str:
    """Return what follows for whoever thinks of writing the model by hand."""
    if layers.verdict == FASTER:
        return "In short: the same model, and faster when written by hand."
    if layers.verdict == SLOWER:
        return "In short: the same model, and faster in Keras's layers."
    if layers.verdict != EQUIVALENT:
        most = whole_percent(max(layers.times.high - 1, 0))
        return f"In short: the same model; Keras's layers cost {most} at most in the same loop."
    said = "In short: the same model, and no faster when written by hand"
    return f"{said}: what costs is `fit`." if of_fit and of_fit.verdict == FASTER else f"{said}."


def engine(arm: str) -> str:
    """Return the engine of an arm: its name without the side."""
    return arm.split(" ", 1)[1]
