"""What each side costs besides speed, as a table, from stored records."""

from collections.abc import Sequence

from bench.records.reading import Record
from bench.render.markdown import count, significant, table

METHOD = (
    "Each side once, in a fresh interpreter. So the seconds have no interval: "
    "only large differences mean something. The import is that of TensorFlow, which imports Keras "
    "by itself, so it costs both sides the same. The first step is counted without its trace. "
    "Memory is the largest resident size up to that point; both processes load both sides of this "
    "project. Operations are those of the graph of one step (`step` by hand, "
    "`fit` of Keras), function bodies included, as traced and after Grappler's default passes. "
    "FLOPs are those of the matrix products and convolutions, 2 m n k each. Kernels are the "
    "instructions of the entry computation of XLA's optimised program, but for parameters, "
    "constants, tuples and bitcasts."
)
PHASES = ("import", "build", "trace", "first_step", "second_step")


def costs_table(records: Sequence[Record]) -> str:
    """Return a column for each side of a model, and a row for each cost."""
    columns = ("What", *(f"{r['model']} {r['impl']} {r['engine']}" for r in records))
    each = [_cells(record) for record in records]
    rows = [[what, *(cells[what] for cells in each)] for what in (each[0] if each else ())]
    return table(columns, rows, "l" + "r" * len(records))


def costs_lines(record: Record) -> list[str]:
    """Return what a command prints of one side."""
    name = f"costs {record['model']} {record['impl']}"
    return [f"{name} {what}: {value}" for what, value in _cells(record).items()]


def _cells(record: Record) -> dict[str, str]:
    """Return every cost by its name, with its unit."""
    seconds, memory, operations = record["seconds"], record["resident_mib"], record["operations"]
    cells = {f"{phase.replace('_', ' ')}, s": significant(seconds[phase]) for phase in PHASES}
    first = sum(seconds[phase] for phase in PHASES[:-1])
    return cells | {
        "to the end of the first step, s": significant(first),
        "memory after the import, MiB": significant(memory["imported"]),
        "memory after 20 steps, MiB": significant(memory["steps"]),
        "memory on the GPU, MiB": _number(record["gpu_mib"]),
        "operations as traced": count(sum(operations["before"].values())),
        "operations after Grappler": count(sum(operations["after"].values())),
        "MFLOP a step": significant(record["flops"] / 1e6),
        "kernels after XLA": _kernels(record["kernels"]),
    }


def _kernels(kernels: dict[str, int] | str) -> str:
    if isinstance(kernels, str):
        return kernels
    return f"{count(sum(kernels.values()))}, {count(kernels.get('fusion', 0))} of them fusions"


def _number(value: float | str | None) -> str:
    return value if isinstance(value, str) else significant(value)
