"""The one owner of number formats and of escaping, and the tables of equality and settings."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bench.digests import PASSING
from bench.results import ModelRecords, Record, holds
from bench.specs import DIAL_DEFAULTS, MODELS

MISSING = "n/a"
NOT_MEASURED = "Not measured."
NOT_EQUAL = "NOT EQUAL"
_UNLIKE_ULP = 2**63 - 1  # what parity writes where shapes or NaNs leave nothing to count

_PATH = re.compile(r"""(?:file:/{2,}|(?<![\w.:/\\-])(?:~[\w.-]*)?/|\b[A-Za-z]:[\\/])[^\s'"=,;]+""")
_MARKUP = re.compile(r"[\\`*\[\]~$|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


# Numbers


def significant(value: float | None, digits: int = 3) -> str:
    """Return a number with so many significant digits.

    >>> significant(62345.6), significant(0.12345), significant(0)
    ('62,300', '0.123', '0')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def count(value: int | None) -> str:
    """Return a whole number, with a comma at each thousand."""
    return MISSING if value is None else f"{value:,}"


def counted(value: int, unit: str) -> str:
    """Return a whole number and its unit, with an s where there is not exactly one."""
    return f"{value:,} {unit}" if value == 1 else f"{value:,} {unit}s"


def percent(fraction: float | None) -> str:
    """Return a fraction as a percentage: ``0.971`` is ``97.10 %``."""
    return MISSING if fraction is None else f"{100 * fraction:.2f} %"


def area(value: float | None) -> str:
    """Return an area under a curve, between 0 and 1."""
    return MISSING if value is None else f"{value:.5f}"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a value with its interval: ``1.92 (1.80 to 2.05)``."""
    if value is None:
        return MISSING
    if low is None or high is None:
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def ulps(value: int | None) -> str:
    """Return a distance in ULP."""
    return "unlike" if value is not None and value >= _UNLIKE_ULP else count(value)


def small(value: float | None) -> str:
    """Return a small difference: ``3.1e-04``; a record has null for what is not finite."""
    if value is None:
        return "not finite"
    return "0" if value == 0 else f"{value:.1e}"


def scalar(value: Any) -> str:
    """Return any scalar of an environment or of a config."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


# Text and tables


def without_paths(text: str) -> str:
    """Return a text with every path of the machine cut down to its last part.

    >>> without_paths("gvk bench --data /home/ann/mnist.npz")
    'gvk bench --data .../mnist.npz'
    """
    return _PATH.sub(lambda found: ".../" + re.split(r"[\\/]", found[0].rstrip("\\/"))[-1], text)


def escape(text: str) -> str:
    """Return a text that Markdown shows as it stands, on one line, in a table too."""
    line = "".join(c if c.isprintable() else " " for c in without_paths(text))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\g<0>", line)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = "") -> str:
    """Return a GitHub Markdown table, every cell escaped; without rows, that it is not measured.

    Args:
        numbers: for each column ``l`` or ``r``, the side it is set to.
    """
    cells = [[escape(cell) for cell in row] for row in rows]
    return markdown_table([escape(column) for column in columns], cells, numbers)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: str = "") -> str:
    """Return the same of cells that are Markdown already."""
    from pandas import DataFrame

    if not rows:
        return NOT_MEASURED
    sides = [{"l": "left", "r": "right"}[side] for side in numbers or "l" * len(columns)]
    frame = DataFrame(rows, columns=list(columns), dtype=object)
    return frame.to_markdown(index=False, disable_numparse=True, colalign=sides)


def folded(title: str, text: str) -> str:
    """Return a text that is shown when its title is clicked."""
    plain = escape(title).replace("\\", "")  # inside HTML a backslash is a backslash
    return f"<details>\n<summary>{plain}</summary>\n\n{text}\n\n</details>"


# What the tables of a report hold


def verdict(records: ModelRecords) -> str:
    """Return whether a model's twins are equal, in two words."""
    return {True: "EQUAL", False: NOT_EQUAL, None: "not proved equal"}[records.equal]


def first_difference(parity: Record) -> Record | None:
    """Return the rung at which the twins part first; None where none is written down."""
    parted = [rung for rung in parity["rungs"] if not rung["holds"]]
    return min(parted, key=lambda rung: rung.get("first_step") or 0, default=None)


def labels(parities: Sequence[Record]) -> list[str]:
    """Return a name for each parity record of a model: its engine, and every dial that varies.

    A record from before a dial was there has the dial's default. How long a proof was is no dial.
    """
    configs: list[Record] = [DIAL_DEFAULTS | parity["config"] for parity in parities]
    named = ("engine", "epochs")
    dials = [d for d in dict.fromkeys(k for c in configs for k in c) if d not in named]
    varied = [d for d in dials if len({str(config.get(d)) for config in configs}) > 1]
    return [", ".join([str(c.get("engine")), *(scalar(c.get(d)) for d in varied)]) for c in configs]


def parity_table(models: dict[str, ModelRecords]) -> str:
    """Return one row for each model and engine."""
    columns = ("Model", "Engine", "Criterion", "Steps", "Largest abs", "Largest ULP", "Verdict")
    rows = [
        _parity_row(model, label, parity)
        for model, records in models.items()
        for label, parity in zip(labels(records.parity), records.parity, strict=True)
    ]
    return table(columns, rows, "lllrrrl")


def _parity_row(model: str, label: str, parity: Record) -> list[str]:
    sizes = [rung.get("max_abs") for rung in parity["rungs"]]
    steps = [u for u in (rung.get("max_ulp") for rung in parity["rungs"]) if u is not None]
    largest = None if None in sizes else max(sizes, default=None)
    return [
        model,
        label,
        parity["criterion"],
        count(parity["steps"]),
        small(largest) if sizes else MISSING,
        ulps(max(steps, default=None)),
        "equal" if holds(parity) else NOT_EQUAL,
    ]


def rung_table(parity: Record) -> str:
    """Return one row for each rung and tensor of a lockstep."""
    columns = ("Rung", "Tensor", "Largest abs", "Largest ULP", "Relative", "Verdict")
    return table(columns, [_rung_row(rung) for rung in parity["rungs"]], "llrrrl")


def _rung_row(rung: Record) -> list[str]:
    sizes = [small(rung.get("max_abs")), ulps(rung.get("max_ulp")), small(rung.get("max_relative"))]
    parted = f"{NOT_EQUAL} from step {count(rung.get('first_step'))}"
    return [rung["rung"], rung["tensor"], *sizes, "equal" if rung["holds"] else parted]


def accuracy_table(models: dict[str, ModelRecords]) -> str:
    """Return one row for each model and initializer."""
    every = [record for records in models.values() for record in records.accuracy]
    binary = any(r[side].get("roc_auc") is not None for r in every for side in ("raw", "keras"))
    columns = ["Model", "Initializer", "Epochs", "Steps", "Raw", "Keras"]
    columns += ["Raw AUC", "Keras AUC"] * binary + ["Weights, ULP"]
    rows = [_accuracy_row(record, binary) for record in every]
    return table(columns, rows, "llrrrr" + "rr" * binary + "r")


def _accuracy_row(record: Record, binary: bool) -> list[str]:
    sides = [record["raw"], record["keras"]]
    return [
        record["model"],
        scalar(record["config"].get("initializer")),
        _of_the_workshops(record),
        count(record["steps"]),
        *(percent(side.get("accuracy")) for side in sides),
        *(area(side.get("roc_auc")) for side in sides if binary),
        ulps(record["max_ulp"]),
    ]


def _of_the_workshops(record: Record) -> str:
    """Return the epochs, and how many the workshop has where it has another number."""
    epochs, spec = record["epochs"], MODELS.get(str(record["model"]))
    said = count(epochs)
    return said if spec is None or spec.epochs == epochs else f"{said} of {count(spec.epochs)}"


def has_no_gpu(run: Record) -> bool:
    """Return whether a run says that it found no GPU."""
    return str((run.get("environment") or {}).get("gpu")).lower().startswith("none")


def settings_table(models: dict[str, ModelRecords]) -> str:
    """Return a table of the dials, a column a model."""
    every = {m: [*r.parity, *r.accuracy, r.throughput or {}] for m, r in models.items()}
    configs = {m: [r["config"] for r in found if r.get("config")] for m, found in every.items()}
    dials = dict.fromkeys(d for found in configs.values() for c in found for d in c if d != "model")
    rows = [[dial, *(_settings_cell(configs[m], dial) for m in models)] for dial in dials]
    return table(["Dial", *models], rows)


def _settings_cell(configs: list[Record], dial: str) -> str:
    return ", ".join(dict.fromkeys(scalar(c[dial]) for c in configs if dial in c))


def facts_tables(runs: dict[str, Record], key: str) -> str:
    """Return a table of names and values for each different set of them that the runs state.

    Args:
        runs: what is reported, and the run that it is from.
        key: what of the run, such as ``environment``.
    """
    parts = []
    for names, facts in _by_value(runs, key):
        shown = [[name.replace("_", " "), _fact(key, value)] for name, value in facts.items()]
        parts += [f"For {', '.join(map(escape, names))}:", table(("What", "Value"), shown)]
    return "\n\n".join(parts)


def _by_value(runs: dict[str, Record], key: str) -> list[tuple[list[str], Record]]:
    """Return what the runs say under a key, each once, with what it holds for."""
    found: list[tuple[list[str], Record]] = []
    for name, run in runs.items():
        facts = run.get(key) or {}
        value = {fact: said for fact, said in facts.items() if fact not in PASSING}
        same = next((names for names, other in found if other == value), None)
        if same is None:
            found.append(([name], value))
        else:
            same.append(name)
    return found


def _fact(key: str, value: Any) -> str:
    return count(value) if key == "dataset" and isinstance(value, int) else scalar(value)
