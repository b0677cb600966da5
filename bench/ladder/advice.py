"""What follows from a ladder for whoever trains this model on this machine, in a few words."""

from bench.ladder.rungs import LEAST_STEPS, NOT_OF_FIT, UNTUNED
from bench.records.reading import Record
from bench.rounding import lean

LITTLE = 0.1
"""Of a step of ``fit``: below that there is little to be had."""


def advice(ladder: Record) -> str:
    """Return the advice, from the figures of ``bench.ladder.summary.summary``."""
    if why := withheld(ladder):
        return f"none: {why}"
    return "; ".join([_how_much(ladder), *_left_out(ladder), *_ways_out(ladder)])


def withheld(ladder: Record) -> str:
    """Return why no advice is given; empty where there is no reason."""
    control = ladder["control"]
    if not control["holds"]:
        return (
            f"the control, `fit` against a copy of itself, is at {lean(control['ratio']):.3f} "
            f"({lean(control['low']):.3f} to {lean(control['high']):.3f}), not at 1"
        )
    return unsound(ladder)


def unsound(ladder: Record) -> str:
    """Return why the rungs are not to be shown at all; empty where there is no reason."""
    if ladder["steps"] < LEAST_STEPS:
        return f"epochs of {ladder['steps']} steps are too short: what comes once outweighs them"
    if not ladder["agrees"]:
        return "the rungs do not add up to what was measured directly"
    if not ladder["resolved"]:
        return "the rungs are known too badly to see whether they add up: measure longer"
    return ""


def _how_much(ladder: Record) -> str:
    """Return what ``fit`` costs over the lowest rung, in words."""
    fit, bottom = ladder["fit"], ladder["bottom"]
    if not fit["low"] > 0:
        span = f"{_us(fit['us'])} us a step, {_us(fit['low'])} to {_us(fit['high'])}"
        return f"what `fit` costs over {_epoch(ladder)} cannot be told from nothing ({span})"
    part = fit["us"] / (bottom["us"] + fit["us"])
    more = f"{_us(fit['us'])} us a step more than {_epoch(ladder)}"
    said = f"`fit` takes {more}, {_share(part)} of its step"
    if part < LITTLE:
        return f"{said}: to drop below Keras buys little here"
    within = [rung for rung in ladder["rungs"] if rung["rung"] not in NOT_OF_FIT]
    dearest = max(within, key=lambda rung: rung["us"])
    if not dearest["low"] > 0:
        return f"{said}; no single rung could be told from nothing"
    return f"{said}; the dearest rung is {dearest['rung']} ({_us(dearest['us'])} us)"


def _epoch(ladder: Record) -> str:
    return "a whole epoch in one graph" if ladder.get("left_out", []) else "the barest epoch"


def _left_out(ladder: Record) -> list[str]:
    """Return what the ladder does not start from, since it is slower than what it starts from."""
    return [
        f"{rung['rung']}, compiled by XLA, adds {_us(rung['us'])} us to that"
        for rung in ladder.get("left_out", [])
    ]


def _ways_out(ladder: Record) -> list[str]:
    """Return what each option wins back of that, or that none does."""
    won = sorted((o for o in ladder["sideways"] if o["high"] < 0), key=lambda option: option["us"])
    lost = [option for option in ladder["sideways"] if option["low"] > 0]
    said = [_wins(option, ladder["fit"]["low"] > 0) for option in won]
    if not said:
        data = " or `tf.data`" if any(o["rung"] == UNTUNED for o in ladder["sideways"]) else ""
        said = [f"no option of `compile`{data} wins anything back that could be told from nothing"]
    return [*said, *(f"{o['rung']} adds {_us(o['us'])} us" for o in lost)]


def _wins(option: Record, costs: bool) -> str:
    """Return what an option wins: of what ``fit`` costs, where that is known to be something."""
    if not costs:
        return f"{option['rung']} takes {_us(-option['us'])} us off a step of `fit`"
    span = f"{_share(option['won_low'])} to {_share(option['won_high'])}"
    return f"{option['rung']} wins back {_share(option['won'])} of it ({span})"


def _us(value: float) -> str:
    """Return microseconds, whole."""
    return f"{lean(value):,.0f}"


def _share(value: float) -> str:
    """Return a share in percent, whole."""
    return f"{lean(value):.0%}"
