"""The tables of what a report rests on: the dials, the data, the machine."""

from collections.abc import Mapping
from typing import Any

from bench.host.gpu import NO_GPU
from bench.records.reading import ModelRecords, Record
from bench.records.seals import PASSING
from bench.render.markdown import count, escape, scalar, table

MANY = 2
"""More names than that are the others."""


def has_no_gpu(run: Record) -> bool:
    """Return whether a run says that it found no GPU."""
    return (run.get("environment") or {}).get("gpu", NO_GPU) == NO_GPU


def settings_table(models: dict[str, ModelRecords]) -> str:
    """Return the dials that all models share in a sentence, and a row for each of the others."""
    every = {m: [*r.parity, *r.accuracy, r.throughput or {}] for m, r in models.items()}
    configs = {m: [r["config"] for r in own if r.get("config")] for m, own in every.items()}
    dials = dict.fromkeys(d for own in configs.values() for c in own for d in c if d != "model")
    values = {dial: [_settings_cell(configs[m], dial) for m in models] for dial in dials}
    shared = [dial for dial, cells in values.items() if len(set(cells)) == 1]
    rows = [[dial, *cells] for dial, cells in values.items() if dial not in shared]
    said = "; ".join(f"{dial} {values[dial][0]}" for dial in shared)
    parts = [f"For every model: {escape(said)}."] * bool(shared and len(models) > 1)
    if not parts:
        rows = [[dial, *cells] for dial, cells in values.items()]
    return "\n\n".join([*parts, *[table(["Dial", *models], rows)] * bool(rows)])


def _settings_cell(configs: list[Record], dial: str) -> str:
    return ", ".join(dict.fromkeys(scalar(c[dial]) for c in configs if dial in c))


def grouped(values: Mapping[str, str], whole: bool = True) -> str:
    """Return each value once, with what it holds for where there are several.

    Args:
        values: by name.
        whole: whether these are all names that there are, so that the last can be the others.

    >>> grouped({"a": "1", "b": "2", "c": "1"}), grouped({"a": "1", "b": "1"})
    ('1 (a, c), 2 (b)', '1')
    """
    names: dict[str, list[str]] = {}
    for name, value in values.items():
        names.setdefault(value, []).append(name)
    if not names:
        return ""
    if whole and len(names) == 1:
        return next(iter(names))
    last = list(names)[-1]
    if whole and len(names[last]) > MANY:
        names[last] = ["the others"]
    return ", ".join(f"{value} ({', '.join(own)})" for value, own in names.items())


def facts_tables(runs: dict[str, Record], key: str) -> str:
    """Return a table of what all runs state alike, and one of what they do not.

    Args:
        runs: what is reported, and the run that it is from.
        key: what of the run, such as ``environment``.
    """
    groups = _by_value(runs, key)
    facts = list(dict.fromkeys(fact for _, value in groups for fact in value))
    differ = [f for f in facts if len({scalar(value.get(f)) for _, value in groups}) > 1]
    alike = [[_name(f), _fact(key, groups[0][1][f])] for f in facts if f not in differ]
    parts = [table(("What", "Value"), alike)] * bool(alike or not differ)
    if differ:
        rows = [
            [*(_fact(key, value.get(f)) for f in differ), "; ".join(_short(names))]
            for names, value in groups
        ]
        parts.append(table((*map(_name, differ), "Of"), rows))
    return "\n\n".join(parts)


def _short(names: list[str]) -> list[str]:
    """Return names of the same kind together: ``law: mlp, convnet``."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, model = name.rpartition(" ")
        kinds.setdefault(kind, []).append(model)
    return [f"{kind}: {', '.join(own)}" if kind else ", ".join(own) for kind, own in kinds.items()]


def _by_value(runs: dict[str, Record], key: str) -> list[tuple[list[str], Record]]:
    """Return what the runs say under a key, each once, with what it holds for."""
    groups: list[tuple[list[str], Record]] = []
    for name, run in runs.items():
        facts = run.get(key) or {}
        value = {fact: said for fact, said in facts.items() if fact not in PASSING}
        same = next((names for names, other in groups if other == value), None)
        if same is None:
            groups.append(([name], value))
        else:
            same.append(name)
    return groups


def _name(fact: str) -> str:
    return fact.replace("_", " ")


def _fact(key: str, value: Any) -> str:
    return count(value) if key == "dataset" and isinstance(value, int) else scalar(value)
