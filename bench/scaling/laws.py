"""The model of each kind, fitted to what was measured, and what it projects. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bench.law.fit import with_interval
from bench.records.reading import Record
from bench.scaling.found import Found, Means
from bench.scaling.model import (
    Computed,
    Exchanged,
    Parameters,
    compute_seconds,
    exchange_seconds,
    fitted,
)
from bench.scaling.points import COMPUTE, EXCHANGE, GIVEN, HERE, PROJECTION, WHOLE


class Law(NamedTuple):
    """The model of a kind: its parameters, the same from blocks drawn anew, and its record."""

    given: Parameters
    drawn: list[Parameters]
    record: Record


def law_of(found: Found, kind: str) -> Law | None:
    """Return the model of a kind; None where too little of it was measured.

    Of its record ``fit`` has each measured step beside what the model makes of it, ``held_out``
    those of the largest number as the model makes them that has seen the smaller ones alone.
    """
    given = _fitted(found, kind, found.means)
    if given is None:
        return None
    drawn = [each for means in found.draws if (each := _fitted(found, kind, means))]
    fit = [_beside(found, given, arm) for arm in found.arms(WHOLE, kind=kind) if arm["n"] > 1]
    worst = max(fit, key=lambda each: abs(round(each["residual"], 9)))
    parameters = zip(Parameters._fields, given, np.array(drawn).T, strict=True)
    record = {
        **{name: with_interval(value, own) for name, value, own in parameters},
        "fit": fit,
        "held_out": _held_out(found, kind),
        "worst": worst["arm"],
        "holds": bool(abs(worst["residual"]) <= found.stand["margin"]),
    }
    return Law(given, drawn, record)


def _fitted(found: Found, kind: str, means: Means, below: float = np.inf) -> Parameters | None:
    """Return the parameters of a kind, from numbers below some number alone."""
    computed = [
        Computed(arm["n"], arm["batch_size"], means[arm["arm"]])
        for arm in found.arms(COMPUTE, kind=kind) if arm["n"] < below
    ]  # fmt: skip
    exchanged = [
        Exchanged(arm["n"], arm["bytes"], means[arm["arm"]])
        for arm in found.arms(EXCHANGE, kind=kind) if arm["n"] < below
    ]  # fmt: skip
    return fitted(kind, computed, exchanged, found.cores)


def _beside(found: Found, given: Parameters, arm: Record) -> Record:
    """Return a measured step beside what the model makes of it."""
    measured = found.means[arm["arm"]]
    made = _step(found, given, arm["kind"], arm["n"], arm["batch_size"], found.cores)
    about = {key: arm[key] for key in ("arm", "n", "batch_size")}
    return about | {"measured": measured, "made": made, "residual": measured / made - 1}


def _held_out(found: Found, kind: str) -> list[Record]:
    """Return the largest number's steps, predicted from the smaller ones; none without two."""
    wholes = list(found.arms(WHOLE, kind=kind))
    largest = max(arm["n"] for arm in wholes)
    given = _fitted(found, kind, found.means, below=largest)
    return [_beside(found, given, arm) for arm in wholes if arm["n"] == largest] if given else []


def _step(found: Found, given: Parameters, kind: str, n: int, batch: int, cores: int) -> float:
    computing = compute_seconds(given, n, batch, cores)
    return computing + exchange_seconds(given, kind, n, found.n_bytes)


def projections(found: Found, kind: str, law: Law) -> Iterator[Record]:
    """Yield what the model makes of larger numbers, each with a core of its own.

    Once with the batch as it is, where it has a sample for each, and once as many times as large;
    by the network that was measured here, and by one that was given.
    """
    networks = {HERE: {}} | ({GIVEN: found.stand["network"]} if found.stand["network"] else {})
    for by, network in networks.items():
        for n in found.stand["project"]:
            for batch in (found.batch_size, n * found.batch_size):
                if batch >= n:
                    about = {"kind": kind, "n": n, "batch_size": batch, "by": by}
                    changed = _with(law, network)
                    yield about | {"word": PROJECTION} | _projected(found, kind, changed, n, batch)


def _with(law: Law, network: dict[str, float]) -> Law:
    return Law(
        law.given._replace(**network), [p._replace(**network) for p in law.drawn], law.record
    )


def _projected(found: Found, kind: str, law: Law, n: int, batch: int) -> Record:
    """Return step, throughput and efficiency, each with its interval."""

    def each(of: Callable[[float, Means], float]) -> Record:
        values = [
            of(_step(found, given, kind, n, batch, n), means)
            for given, means in zip(
                [law.given, *law.drawn], [found.means, *found.draws], strict=True
            )
        ]
        return with_interval(values[0], np.array(values[1:]))

    share = batch / found.batch_size / n
    return {
        "seconds": each(lambda step, means: step),
        "samples_per_second": each(lambda step, means: batch / step),
        "efficiency": each(lambda step, means: share * means[found.reference] / step),
    }
