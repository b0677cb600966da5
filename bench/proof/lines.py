"""What ``gvk bench`` and ``gvk parity`` print: a line for each proof."""

from statistics import fmean

from bench.proof.lockstep import Parity
from bench.records.reading import Record


def parity_line(parity: Parity) -> str:
    """Return the verdict of a lockstep in a line: 0 ULP, or how near and why not nearer."""
    c = parity.config
    dials = [c.optimizer, *(["xla"] if c.xla else [])]
    dials += [value for value in (c.kernels, c.gradients) if value not in ("fused", "auto")]
    dials += [f"against {c.keras_engine}"] if c.keras_engine != "fit" else []
    name = f"parity     {c.model} raw {c.engine} {' '.join(dials)}"
    if not parity.holds:
        return f"{name}: DIFF, {parity.first_difference}"
    said = f"{name}: OK, {parity.criterion} over {parity.steps:,} steps"
    if not parity.causes:
        return said
    if parity.max_ulp == 0:
        return f"{said} (0 ULP)"
    return f"{said}, weights {parity.weights_drift:.1e} apart: {'; '.join(parity.causes)}"


def accuracy_line(record: Record) -> str:
    """Return both test accuracies in a line."""
    return (
        f"accuracy   {record['model']} {record['config']['initializer']}: "
        f"raw {record['raw']['accuracy']:.4%}, keras {record['keras']['accuracy']:.4%} "
        f"after {record['steps']:,} steps of {record['config']['optimizer']}, "
        f"weights {record['max_ulp']:,} ULP apart"
    )


def throughput_lines(record: Record) -> list[str]:
    """Return a line for each arm, ratio and control: what it is, and what follows from it."""
    name = f"{record['task']:10} {record['model']}"
    lines = [f"{name} {_speed(record, arm)}" for arm in record["arms"]]
    for ratio in record["ratios"]:
        lines.append(
            f"{name} {ratio['arm']}: {_ratio(ratio)} times {record['reference']}: "
            f"{ratio['verdict']} ({ratio['why']})"
        )
    lines += [f"{name} A/A {ratio['arm']}: {_ratio(ratio)}" for ratio in record["controls"]]
    lines += [f"{name} {_end(arm)}" for arm in record["arms"] if "epoch_end" in arm]
    return [*lines, f"{name} {record['blocks']} blocks, {record['stopped']}"]


def _end(arm: Record) -> str:
    end = arm["epoch_end"]
    waits = [wait for wait in end["waits"] if wait]
    waited = f", {fmean(waits):.1f} s on the average" if waits else ""
    return (
        f"{arm['arm']}: an epoch's end takes {1e3 * end['without_wait']:,.1f} ms beside its steps; "
        f"{len(waits)} of {end['epochs']} waited{waited}"
    )


def _speed(record: Record, arm: Record) -> str:
    seconds = fmean(arm["seconds"])
    if record["task"] == "latency":
        return f"{arm['arm']}: {1e6 * seconds:,.0f} us for one sample"
    speed = f"{arm['arm']}: {arm['samples'] / seconds:,.0f} samples/s"
    if record["task"] == "inference":
        return speed
    return f"{speed}, {1e6 * seconds / arm['steps']:,.0f} us a step"


def _ratio(ratio: Record) -> str:
    return f"{ratio['ratio']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"
