"""The law of overhead in words and tables, from its stored record."""

import math
from collections.abc import Mapping

from bench.law.points import ALWAYS, BATCH, BATCH_SIZES, NEVER, OPEN, STRAIGHT, WIDTH
from bench.records.reading import Record
from bench.render.markdown import MISSING, count, escape, interval, significant, table

UNITS = {BATCH: "sample", WIDTH: "MFLOP"}
METHOD = (
    "In each block, at each point, every engine runs twice over many steps and twice over one, in "
    "an order drawn by lot and then backwards. The time of a step is the difference of the two, "
    "divided by the difference in steps, so that what a call takes once drops out. The line is a "
    "least-squares fit of relative errors, neither cost below zero. The 95 % intervals come from "
    "blocks drawn anew: they say how well the line is known. How well a straight line fits stands "
    "in the last column."
)


def law_lines(record: Record) -> list[str]:
    """Return what ``gvk law`` prints: every law, each point's ratio, the crossover, the floor."""
    name = f"law {record['model']}"
    lines = []
    for sweep, laws in record["laws"].items():
        lines += [f"{name} {_law_line(engine, law, sweep)}" for engine, law in laws.items()]
    if record["width_words"]:
        lines.append(f"{name} by width: {record['width_words']}")
    lines += [
        f"{name} {point['point']}: keras fit takes {_ratio(point)} times raw step"
        for point in record["points"]
        if "ratio" in point
    ]
    lines.append(f"{name} {crossover_words(record)}")
    return [*lines, f"{name} {floor_words(record)}"]


def crossover_words(record: Record) -> str:
    """Return from which batch size Keras costs no more than the threshold."""
    crossover, share = record["crossover"], f"{100 * record['threshold']:.0f} %"
    what = f"keras fit costs under {share} more than raw step"
    if crossover["word"] == ALWAYS:
        return f"{what} at every batch size"
    if crossover["word"] == NEVER:
        return f"{what} at no batch size: {crossover['why']}"
    if crossover["word"] == OPEN:
        return (
            f"{what} from some batch size on ({_between(crossover)}), which stays open: "
            f"{crossover['why']}"
        )
    return f"{what} from batch {_batch(crossover['value'])} on ({_between(crossover)})"


def floor_words(record: Record) -> str:
    """Return what the machine's large matrix product reaches."""
    floor = record["floor"]
    if not floor:
        return "floor: not measured"
    mean = floor["mean_gflops"]
    return (
        f"floor: {significant(floor['best_gflops'])} GFLOP/s in the best of a float32 matrix "
        f"product of {count(floor['size'])} (mean {significant(mean['mean'])}, "
        f"{significant(mean['low'])} to {significant(mean['high'])})"
    )


def law_table(record: Record) -> str:
    """Return the laws of one model and what was measured at each point, in Markdown."""
    columns = ("Sweep", "Engine", "Fixed, µs a step", "Slope, µs", "Slope is for", "Worst point")
    rows = [
        [sweep, engine, *_law_cells(law, sweep)]
        for sweep, laws in record["laws"].items()
        for engine, law in laws.items()
    ]
    parts = [table(columns, rows, "llrrll")]
    if record["width_words"]:
        parts.append(f"By width: {escape(record['width_words'])}.")
    said = (crossover_words(record), floor_words(record))
    parts += [f"{escape(words[0].upper() + words[1:])}." for words in said]
    return "\n\n".join([*parts, points_table(record)])


def points_table(record: Record) -> str:
    """Return a row for each point: its arithmetic, each engine's step, the ratio, the blocks."""
    timed = [point for point in record["points"] if "engines" in point]
    engines = list(timed[0]["engines"]) if timed else []
    columns = ("Point", "MFLOP", *(f"{engine}, µs" for engine in engines))
    rows = [_point_row(point, engines) for point in record["points"]]
    ends = ("Times raw step (95 %)", "Blocks", "Steps in a run")
    return table((*columns, *ends), rows, "l" + "r" * (len(engines) + 3) + "l")


def _point_row(point: Record, engines: list[str]) -> list[str]:
    mflop = significant(point["flops"] / 1e6)
    if "engines" not in point:
        why = point.get("not_measured", "not measured")
        return [point["point"], mflop, *[MISSING] * (len(engines) + 2), why]
    by_engine = point["engines"]
    steps = sorted({by_engine[engine]["steps"] for engine in engines})
    return [
        point["point"],
        mflop,
        *(significant(1e6 * by_engine[engine]["mean"]) for engine in engines),
        _ratio(point),
        count(point["blocks"]),
        count(steps[0]) if len(steps) == 1 else f"{count(steps[0])} to {count(steps[-1])}",
    ]


def _law_line(engine: str, law: Record, sweep: str) -> str:
    by = "" if sweep == BATCH else " by width"
    said = (
        f"{engine}{by}: {_micro(law['fixed'])} us a step ({_ends(law['fixed'])}) + "
        f"{_micro(law['slope'])} us a {UNITS[sweep]} ({_ends(law['slope'])})"
    )
    return f"{said}; {_goodness(law)}"


def _law_cells(law: Record, sweep: str) -> list[str]:
    coefficients = [f"{_micro(law[key])} ({_ends(law[key])})" for key in ("fixed", "slope")]
    return [*coefficients, f"a {UNITS[sweep]}", _goodness(law)]


def _goodness(law: Record) -> str:
    """Return how far the worst point lies off the line, and whether that is too far for one."""
    side = "above" if law["residual"] > 0 else "below"
    off = f"{law['worst']} lies {100 * abs(law['residual']):.0f} % {side} the line"
    if not law["straight"]:
        return f"not a straight line (caches, threads): {off}"
    return off if abs(law["residual"]) <= STRAIGHT else f"{off}, which noise may explain"


def _micro(value: Mapping[str, float], key: str = "value") -> str:
    return significant(1e6 * value[key])


def _ends(value: Mapping[str, float]) -> str:
    return f"{_micro(value, 'low')} to {_micro(value, 'high')}"


def _ratio(point: Record) -> str:
    ratio = point["ratio"]
    return interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))


def _batch(value: float | None) -> str:
    """Return the first whole batch size that is large enough."""
    if value is None:
        return "never"
    if value > BATCH_SIZES[-1]:
        return f"beyond {BATCH_SIZES[-1]:,}"
    return count(math.ceil(round(value, 6)))  # not one more for a last bit


def _between(crossover: Record) -> str:
    if "low" not in crossover:
        return "not measured"
    return f"{_batch(crossover['low'])} to {_batch(crossover['high'])}"
