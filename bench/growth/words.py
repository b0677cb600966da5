"""Growth in words and tables, from its stored record."""

from bench.growth.points import ALWAYS, BATCH, DATA, FIT, FROM, NEVER, SEEDS, TOGETHER, WIDTH
from bench.records.reading import Record
from bench.render.markdown import MISSING, count, escape, interval, significant, table

WHAT = {
    BATCH: "Batch size",
    DATA: "Samples of an epoch",
    WIDTH: "Times as wide",
    SEEDS: "Seeds",
}
"""Of each axis: what is turned."""
METHOD = (
    "Every engine by hand took turns with `fit` in the same slices, proved equal at the same "
    "place first. A ratio says how many times as long `fit` takes for a sample, with its 95 % "
    "interval; the end of an epoch of `fit` is in it where two of them fit into the time. Memory "
    "is the most that a process of its own has had on its way through an axis, small places first. "
    "Where the data has fewer samples than a place asks for, it is repeated."
)


def growth_lines(record: Record) -> list[str]:
    """Return what ``gvk growth`` prints: each axis's crossovers, and the gain of seeds together."""
    name = f"growth {record['model']}"
    lines = [f"{name} {axis}: {why}" for axis, why in record["left_out"].items()]
    for point in record["points"]:
        if "ratios" in point:
            each = [f"{arm} {_ratio(ratio)}" for arm, ratio in point["ratios"].items()]
            lines.append(f"{name} {point['point']}: {FIT} takes, times {', '.join(each)}")
    lines += [f"{name} {words}" for words in crossovers_in_words(record)]
    return [*lines, *(f"{name} {words}" for words in gains_in_words(record))]


def crossovers_in_words(record: Record) -> list[str]:
    """Return for each axis from where on by hand stops to matter, the arms that agree together."""
    margin = f"{100 * record['threshold']:.0f} %"
    said = []
    for axis, arms in record["crossovers"].items():
        alike: dict[str, list[str]] = {}
        for arm, crossover in arms.items():
            alike.setdefault(_where(axis, crossover), []).append(arm)
        each = [f"{where} against {', '.join(names)}" for where, names in alike.items()]
        if each:
            said.append(f"{axis}: {FIT} takes under {margin} more {'; '.join(each)}")
    return said


def _where(axis: str, crossover: Record) -> str:
    if crossover["word"] == ALWAYS:
        return "everywhere"
    if crossover["word"] == FROM:
        return f"from {axis} {number(crossover['value'])} on"
    return "nowhere" if crossover["word"] == NEVER else "perhaps in the end (not decided)"


def gains_in_words(record: Record) -> list[str]:
    """Return how many times as fast the most seeds are together as one after another."""
    gained = [point for point in record["points"] if "gains" in point]
    return [
        f"{number(point['value'])} seeds together are {_ratio(gain)} times as fast as one after "
        f"another by {arm}"
        for point in gained[-1:]
        for arm, gain in (point["gains"] | {FIT: point["ratios"][TOGETHER]}).items()
    ]


def growth_table(record: Record, axis: str) -> str:
    """Return a row for each point of an axis: ``fit``'s samples a second, ratios and memory."""
    points = [point for point in record["points"] if point["axis"] == axis]
    arms = list(dict.fromkeys(arm for p in points for arm in p.get("ratios", {})))
    memory = list(dict.fromkeys(arm for p in points for arm in p["memory_mib"]))
    columns = [WHAT[axis], f"{FIT}, samples/s", *(f"times {arm} (95 %)" for arm in arms)]
    gains = list(dict.fromkeys(arm for p in points for arm in p.get("gains", {})))
    columns += [f"together against {arm} (95 %)" for arm in gains]
    columns += ["Blocks", *(f"{arm}, MiB" for arm in memory)]
    rows = [_row(point, arms, gains, memory) for point in points]
    return table(columns, rows, "l" + "r" * (len(columns) - 1))


def _row(point: Record, arms: list[str], gains: list[str], memory: list[str]) -> list[str]:
    mib = [significant(point["memory_mib"].get(arm)) for arm in memory]
    place = number(point["value"])
    if "ratios" not in point:
        return [place, MISSING, *[MISSING] * (len(arms) + len(gains) + 1), *mib]
    ratios = [_ratio(point["ratios"].get(arm)) for arm in arms]
    ratios += [_ratio(point["gains"].get(arm)) for arm in gains]
    speed = significant(point["samples_per_second"][FIT])
    return [place, speed, *ratios, count(point["blocks"]), *mib]


def notes(record: Record, axis: str) -> str:
    """Return why points of an axis were not measured, and where the data is repeated."""
    points = [point for point in record["points"] if point["axis"] == axis]
    said = [f"{number(p['value'])}: {p['not_measured']}" for p in points if "not_measured" in p]
    tiled = [p for p in points if p.get("tiled", 0) > 1]
    if tiled:
        most = max(tiled, key=lambda p: p["tiled"])
        said.append(f"the data is repeated {significant(most['tiled'])} times at the most")
    return f"{escape('; '.join(said))}." if said else ""


def number(value: float) -> str:
    """Return a place of an axis: ``8,192`` or ``0.25``."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _ratio(ratio: Record | None) -> str:
    if ratio is None:
        return MISSING
    return interval(ratio["ratio"], ratio["low"], ratio["high"])
