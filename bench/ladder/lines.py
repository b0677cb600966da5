"""What ``gvk ladder`` prints: a line for each thing that the ladder shows."""

from collections import Counter
from collections.abc import Iterator

from bench.records.reading import Record
from bench.render.markdown import counted


def proof_line(model: str, proof: Record) -> str:
    """Return whether a rung trains the same model, in a line."""
    verdict = "OK" if proof["holds"] else "DIFF"
    said = f"proof      {model} {proof['rung']}: {verdict}, {proof['criterion']}"
    said = f"{said} against {proof['against']}, {counted(proof['steps'], 'step')}"
    if proof["note"]:
        return f"{said} ({proof['note']})"
    if proof["max_ulp"] == 0:
        return said
    return f"{said} ({proof['tensor']}: {proof['max_ulp']:,} ULP, {proof['max_abs']:.1e})"


def ladder_lines(record: Record) -> Iterator[str]:
    """Yield the ladder from the bottom, the check, what stands beside it, and the advice."""
    name = f"ladder     {record['model']}"
    yield f"{name} {epoch(record)}"
    bottom, top = record["bottom"], record["top"]
    yield f"{name} {bottom['rung']}: {us(bottom)} in all"
    for rung in record.get("left_out", []):
        yield f"{name} {left_out(rung)}"
    for rung in record["rungs"]:
        yield f"{name} {rung['rung']}: {us(rung)}, {share(rung)} of the whole: {rung['told']}"
    yield f"{name} everything up to {top['rung']}: {us(top)} in all"
    yield (
        f"{name} sum of the rungs: {us(record['sum'])}; measured directly: "
        f"{us(record['direct'])}; apart by {us(record['apart'])}: {agreement(record)}"
    )
    yield f"{name} {resolution(record)}"
    for option in record["sideways"]:
        yield f"{name} fit with {option['rung']}: {us(option)}"
    yield f"{name} A/A fit again: {control(record)}"
    yield f"{name} advice: {record['advice']}"


def epoch(record: Record) -> str:
    """Return what an epoch is here, and what the data's own is: it weighs what comes once in it."""
    said = (
        f"an epoch is {counted(record['steps'], 'step')} "
        f"({counted(record['samples'], 'sample')}), validated on {record['validation']:,}"
    )
    if record["steps"] >= record["whole_steps"]:
        return said
    return (
        f"{said}; of the whole data it is {counted(record['whole_steps'], 'step')}: what comes "
        "once an epoch weighs more here"
    )


def us(cost: Record) -> str:
    """Return a time a step with its interval."""
    low, high = cost["low"], cost["high"]
    if low is None or high is None:
        return f"{cost['us']:,.1f} us a step (no interval)"
    return f"{cost['us']:,.1f} us a step ({low:,.1f} to {high:,.1f})"


def left_out(rung: Record) -> str:
    """Return what the ladder does not start from, and why."""
    epochs = f"epochs of {counted(rung['steps'], 'step')}"
    return f"below it, left out as slower: {rung['rung']}, {us(rung)} more, over {epochs}"


def share(rung: Record) -> str:
    """Return a share of the whole with its interval."""
    return f"{rung['share']:.1%} ({rung['share_low']:.1%} to {rung['share_high']:.1%})"


def resolution(record: Record) -> str:
    """Return of how many rungs the cost is known, as something or as little."""
    of = Counter(rung["told"] for rung in record["rungs"])
    return f"{counted(len(record['rungs']), 'rung')}: " + ", ".join(
        f"{number} {told}" for told, number in of.items()
    )


def agreement(record: Record) -> str:
    """Return whether the rungs add up to the whole, and what the check would have seen."""
    apart, whole = record["apart"], abs(record["direct"]["us"])
    said = "they agree" if record["agrees"] else "THEY DO NOT AGREE"
    if apart["low"] is None or apart["high"] is None or not whole:
        return said
    reach = (apart["high"] - apart["low"]) / 2 / whole
    return f"{said}: apart by {abs(apart['us']) / whole:.1%} of the whole, known to {reach:.1%}"


def control(record: Record) -> str:
    """Return the control's ratio, and that it failed where it did."""
    copy = record["control"]
    said = f"{copy['ratio']:.3f} ({copy['low']:.3f} to {copy['high']:.3f})"
    return said if copy["holds"] else f"{said}: NOT AT 1"
