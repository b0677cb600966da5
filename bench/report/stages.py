"""What was compared of two twins: a line for what is the same bits, a row for what is not."""

from collections.abc import Sequence

from bench.records.reading import Record
from bench.render.markdown import count, counted, escape, small, table, ulps
from bench.report.equality import NOT_EQUAL, labels


def stages_text(parities: Sequence[Record]) -> str:
    """Return every comparison of a model's proofs; those that found no difference in sentences."""
    every = list(zip(labels(parities), parities, strict=True))
    alike: dict[str, list[str]] = {}
    for label, parity in every:
        alike.setdefault(_same(parity), []).append(f"`{escape(label)}`")
    said = [f"- {'; '.join(names)}: {words}." for words, names in alike.items()]
    rows = [row for label, parity in every for row in _apart(label, parity)]
    parts = [
        "Which tensors are the same on both sides, by engines (by hand, Keras), with how many "
        "tensors at each stage:",
        "\n".join(said),
    ]
    if rows:
        columns = ("Engines", "Stage", "Tensors", "Largest abs", "Largest ULP", "Relative")
        parts += ["What is apart, the farthest tensor of each stage:"]
        parts += [table((*columns, "Verdict"), rows, "llrrrrl")]
    return "\n\n".join(parts)


def _same(parity: Record) -> str:
    """Return what was asked of a pair and met, such as ``0 ULP over 5 steps: logits, loss``."""
    same = _numbers([stage for stage in parity["rungs"] if _zero(stage)])
    last = f"weights after {parity['config'].get('keras_engine')}"
    names = {name: "weights after an epoch" if name == last else name for name in same}
    said = [escape(names[name]) + (f" ({count(n)})" if n > 1 else "") for name, n in same.items()]
    steps = counted(parity["steps"], "step")
    return f"{escape(parity['criterion'])}, {steps}: {', '.join(said) or 'none'}"


def _zero(stage: Record) -> bool:
    return bool(stage["holds"] and stage.get("max_abs") == 0)


def _numbers(stages: Sequence[Record]) -> dict[str, int]:
    names = [stage["rung"] for stage in stages]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _apart(label: str, parity: Record) -> list[list[str]]:
    """Return a row for each stage that has tensors apart, and one for each that does not hold."""
    apart = [stage for stage in parity["rungs"] if not _zero(stage)]
    broken = [stage for stage in apart if not stage["holds"]]
    rows = []
    for name, n in _numbers([stage for stage in apart if stage["holds"]]).items():
        every = [stage for stage in apart if stage["holds"] and stage["rung"] == name]
        most = max(every, key=lambda stage: stage.get("max_relative") or 0)
        rows.append([label, name, counted(n, "tensor"), *_sizes(most), "equal"])
    for stage in broken:
        verdict = f"{NOT_EQUAL} from step {count(stage.get('first_step'))}"
        rows.append([label, stage["rung"], stage["tensor"], *_sizes(stage), verdict])
    return rows


def _sizes(stage: Record) -> list[str]:
    return [
        small(stage.get("max_abs")),
        ulps(stage.get("max_ulp")),
        small(stage.get("max_relative")),
    ]
