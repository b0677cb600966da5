"""CPU against GPU in words: a line on the way, a chapter in the report."""

from bench.records.reading import Record
from bench.render.markdown import counted, escape, folded, small, table

TITLE = "On a GPU and on the CPU"
REHEARSED = (
    "**A rehearsal**: the CPU with oneDNN's kernels stood in the place of the GPU, the CPU with "
    "TensorFlow's own against it. Nothing here was measured on a GPU."
)
NAMES = {"raw": "By hand", "keras": "Keras"}


def device_line(record: Record) -> str:
    """Return what was found of a model, in a line."""
    name = f"devices    {record['model']} on {record['device']} and on the CPU"
    sides = "; ".join(f"{each['side']} {_far(each)}" for each in record["sides"])
    verdict = "OK" if record["holds"] else "DIFF"
    return f"{name}: {verdict}, {record['criterion']} over {record['steps']} steps: {sides}"


def _far(side: Record) -> str:
    far = f"{side['floors']:.2g} floors apart" if side["max_ulp"] else "0 ULP apart"
    return f"{far}, parted at {side['parted']}" if side["parted"] else far


def section(summaries: dict[str, list[Record]]) -> str:
    """Return the chapter: how far each model's training on the GPU ends from the CPU's."""
    records = [own[-1] for own in summaries.values()]
    parts = [REHEARSED] * any(record["rehearsal"] for record in records)
    parts += [_how(records[-1]), _distances(records)]
    lines = dict.fromkeys(line for record in records for line in record["exact"])
    set_there = "\n".join(f"- {escape(line)}" for line in lines)
    return "\n\n".join([*parts, folded("What exact mode set there", set_there)])


def _how(record: Record) -> str:
    return (
        f"Each side was trained on {escape(record['device'])} and on the CPU, from the same "
        "weights over the same batches, each device in a process of its own. Weights and slots "
        f"were compared after every step; they have to lie {escape(record['criterion'])} of their "
        "step, which runs on the CPU with shaken last bits gave. Other kernels add in another "
        "order: no more than that may part the two. What differs on a GPU, and what is done about "
        "it, is in `docs/gpu.md`."
    )


def _distances(records: list[Record]) -> str:
    rows = [
        [
            record["model"],
            NAMES[side["side"]],
            counted(record["steps"], "step"),
            small(side["max_relative"]),
            f"{side['floors']:.2g}",
            "no" if side["max_ulp"] else "yes",
            "yes" if side["holds"] else f"no: {escape(side['parted'])}",
        ]
        for record in records
        for side in record["sides"]
    ]
    head = (
        "Model", "Side", "Over", "Farthest, as a share of the tensor's largest", "In floors",
        "Same bits", "Holds",
    )  # fmt: skip
    return table(head, rows)
