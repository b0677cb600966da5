"""The graphs of both sides beside one another: by purpose, and operation by operation."""

from collections.abc import Iterator

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
    """Return the tables of one model: purposes, then every operation that one side has more of."""
    return "\n\n".join(
        [
            table(("Part", "What for", *_columns()), list(_purposes(record)), "ll" + "r" * 4),
            _kernels(record),
            "Operation by operation, after Grappler, where the two differ:",
            differences_table(record),
            METHOD,
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
            yield [role, PURPOSES[role], *(count(n) for n in own.values())]
    yield ["all", "", *(count(n) for n in totals.values())]


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


def differences_table(record: Record) -> str:
    """Return a row for each purpose and type of operation that one side has more of."""
    raw, keras = (_operations(record, side, "optimized") for side in ("raw", "keras"))
    rows = []
    for role in ROLES:
        mine, theirs = raw.get(role, {}), keras.get(role, {})
        for operation in sorted(mine.keys() | theirs.keys()):
            a, b = mine.get(operation, 0), theirs.get(operation, 0)
            if a != b:
                rows.append([role, operation, count(a), count(b), phrase(role, operation)])
    return table(("Part", "Operation", "Raw", "Keras", "What it does"), rows, "llrrl")


def added(record: Record) -> int:
    """Return how many operations Keras's step has more than the one by hand, after Grappler."""
    raw, keras = (
        sum(n for ops in _operations(record, side, "optimized").values() for n in ops.values())
        for side in ("raw", "keras")
    )
    return keras - raw
