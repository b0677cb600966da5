"""What ``gvk bench --peers`` prints: a line for each check, each arm, each ratio."""

from statistics import fmean

from bench.records.reading import Record
from bench.render.markdown import small


def check_line(record: Record) -> str:
    """Return whether a way to run a peer is the twins' program."""
    name = f"peers      {record['model']} {record['arm']} ({record['versions']})"
    if not record["holds"]:
        return f"{name}: not timed, {record['why']}"
    masks = ", dropout's masks handed over" if record["masks"] else ""
    return (
        f"{name}: OK, weights {small(record['max_relative'])} apart after {record['steps']} steps, "
        f"{record['criterion']}{masks}"
    )


def lines(record: Record) -> list[str]:
    """Return a line for each arm and each ratio."""
    name = f"peers      {record['model']}"
    said = []
    for arm in record["arms"]:
        seconds = fmean(arm["seconds"])
        speed, a_step = arm["samples"] / seconds, 1e6 * seconds / arm["steps"]
        said.append(f"{name} {arm['arm']}: {speed:,.0f} samples/s, {a_step:,.0f} us a step")
    for ratio in record["ratios"]:
        said.append(
            f"{name} {ratio['arm']}: {_ratio(ratio)} times {record['reference']}: "
            f"{ratio['verdict']} ({ratio['why']})"
        )
    for each in record["against"]:
        said.append(
            f"{name} {each['raw']}: {_ratio(each)} times {each['peer']}: "
            f"{each['verdict']} ({each['why']})"
        )
    said += [f"{name} A/A {control['arm']}: {_ratio(control)}" for control in record["controls"]]
    return [*said, f"{name} {record['blocks']} blocks, {record['stopped']}"]


def _ratio(ratio: Record) -> str:
    return f"{ratio['ratio']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"
