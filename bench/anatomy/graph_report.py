"""The graphs of both sides beside one another: by purpose, and operation by operation."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.anatomy.graph_words import PURPOSES, phrase
from bench.anatomy.roles import ROLES
from bench.records.reading import Record
from bench.render.markdown import count, escape, table

STAGES = {"traced": "as traced", "optimized": "after Grappler"}
METHOD = (
    "An operation is counted with the part that needs it: what only the write to the loss tracker "
    "needs counts as loss tracker. Raw is the engine `step`, Keras the function that `fit` calls "
    "for a step; functions inside them are inlined before anything is counted."
)


def graphs_text(record: Record) -> str:
    """Return the tables of one model: purposes, then what either side has more of."""
    return "\n\n".join(
        [
            table(("Part", *_columns()), list(_purposes(record)), "l" + "r" * 4),
            _kernels(record),
            "Operations that one side has more of, after Grappler:",
            differences_table(record),
        ]
    )


def _columns() -> list[str]:
    return [f"{side}, {words}" for words in STAGES.values() for side in ("raw", "Keras")]


def _purposes(record: Record) -> Iterator[list[str]]:
    """Yield a row for each purpose, and one for all of them."""
    totals = dict.fromkeys(_keys(), 0)
    for role in ROLES:
        own = {key: sum(_operations(record, *key).get(role, {}).values()) for key in _keys()}
        totals = {key: totals[key] + n for key, n in own.items()}
        if any(own.values()):
            yield [role, *(count(n) for n in own.values())]
    yield ["all", *(count(n) for n in totals.values())]


def _keys() -> list[tuple[str, str]]:
    return [(side, stage) for stage in STAGES for side in ("raw", "keras")]


def _operations(record: Record, side: str, stage: str) -> dict[str, dict[str, int]]:
    operations: dict[str, dict[str, int]] = record["sides"][side][stage]["operations"]
    return operations


def _kernels(record: Record) -> str:
    """Return how many kernels XLA makes of each side's step, in a sentence."""
    said = []
    for side, name in (("raw", "raw"), ("keras", "Keras")):
        kernels = record["sides"][side]["kernels"]
        if isinstance(kernels, str):
            said.append(f"{name} {escape(kernels)}")
        else:
            fused = kernels.get("fusion", 0)
            said.append(f"{name} {count(sum(kernels.values()))} ({count(fused)} of them fusions)")
    return f"Kernels when XLA compiles the whole step: {'; '.join(said)}."


class More(NamedTuple):
    """An operation that one side has more of: in which part, whose it is, and how many more."""

    part: str
    operation: str
    side: str
    number: int


def _more(record: Record) -> Iterator[More]:
    """Yield each operation that one side has more of, after Grappler, in the order of a step."""
    raw, keras = (_operations(record, side, "optimized") for side in ("raw", "keras"))
    for role in ROLES:
        mine, theirs = raw.get(role, {}), keras.get(role, {})
        for operation in sorted(mine.keys() | theirs.keys()):
            more = mine.get(operation, 0) - theirs.get(operation, 0)
            if more:
                yield More(role, operation, "raw" if more > 0 else "keras", abs(more))


def differences_table(record: Record) -> str:
    """Return a row for each part: the operations that either side has more of, and how many."""
    cells: dict[str, dict[str, list[str]]] = {}
    for part, operation, side, number in _more(record):
        own = cells.setdefault(part, {"raw": [], "keras": []})
        own[side].append(f"{count(number)} {operation}")
    rows = [[part, *(", ".join(listed) for listed in own.values())] for part, own in cells.items()]
    return table(("Part", "More by hand", "More in Keras"), rows)


def words_tables(records: Sequence[Record]) -> str:
    """Return what each part is for, and what each operation does that one side has more of."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for more in sorted((more for record in records for more in _more(record)), key=_by_operation):
        if words := phrase(more.part, more.operation):
            places.setdefault((more.operation, words), {})[more.part] = None
    rows = [[name, ", ".join(parts), words] for (name, words), parts in places.items()]
    parts = table(("Part", "What for"), [list(each) for each in PURPOSES.items()])
    return f"{parts}\n\n{table(('Operation', 'In', 'What it does'), rows)}"


def _by_operation(more: More) -> tuple[str, int]:
    return more.operation, ROLES.index(more.part)


def added(record: Record) -> int:
    """Return how many operations Keras's step has more than the one by hand, after Grappler."""
    raw, keras = (
        sum(n for ops in _operations(record, side, "optimized").values() for n in ops.values())
        for side in ("raw", "keras")
    )
    return keras - raw
