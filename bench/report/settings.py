"""The tables of what a report rests on: the dials, the data, the machine."""

from typing import Any

from bench.host.machine import NO_GPU
from bench.records.reading import ModelRecords, Record
from bench.records.seals import PASSING
from bench.render.markdown import count, escape, scalar, table


def has_no_gpu(run: Record) -> bool:
    """Return whether a run says that it found no GPU."""
    return (run.get("environment") or {}).get("gpu", NO_GPU) == NO_GPU


def settings_table(models: dict[str, ModelRecords]) -> str:
    """Return a table of the dials, a column a model."""
    every = {m: [*r.parity, *r.accuracy, r.throughput or {}] for m, r in models.items()}
    configs = {m: [r["config"] for r in own if r.get("config")] for m, own in every.items()}
    dials = dict.fromkeys(d for own in configs.values() for c in own for d in c if d != "model")
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


def _fact(key: str, value: Any) -> str:
    return count(value) if key == "dataset" and isinstance(value, int) else scalar(value)
