"""The dials on a model's page: a row a setting, a column an engine, and what to write."""

from bench.dials.words import span, to_write
from bench.records.reading import Record
from bench.render.markdown import MISSING, escape, percent, table
from bench.rounding import lean

TITLE = "The process's own dials"
ABOUT = (
    "How many times as fast each engine is with a dial turned as without, both in fresh processes "
    "that take turns (95 % intervals, widened by what two processes alike differ). `=`: after a "
    "few steps the weights are the same to the last bit. `≈`: they are within the noise floor. "
    "`≠`: they are other weights."
)


def tune_text(record: Record) -> str:
    """Return what each setting is worth, what to do, and the lines for that."""
    parts = [f"{escape(record['advice']).replace(escape('`'), '`')}.", ABOUT, _table(record)]
    if lines := to_write(record):
        parts.append("What to write, in a shell or in Python, for the best of each engine:")
        parts.append("```text\n" + "\n".join(lines) + "\n```")
    return "\n\n".join([*parts, _notes(record)])


def _table(record: Record) -> str:
    engines = [each["engine"] for each in record["plain"]]
    cells = {(each["setting"], each["engine"]): _cell(each) for each in record["effects"]}
    settings = list(dict.fromkeys(setting for setting, _ in cells))
    rows = [["µs a step as it comes", *(f"{lean(each['us']):,.0f}" for each in record["plain"])]]
    rows += [[escape(s), *(cells.get((s, e), MISSING) for e in engines)] for s in settings]
    return table(
        ("Setting", *(f"`{engine}`" for engine in engines)), rows, "l" + "r" * len(engines)
    )


def _cell(effect: Record) -> str:
    mark = "=" if effect["same_bits"] else "≈" if effect["within_noise"] else "≠"
    return f"{span(effect)} {mark}"


def _notes(record: Record) -> str:
    """Return the control, what the processes are as they come, and what was not tried."""
    facts = record["facts"]
    said = [
        f"As it comes: oneDNN {'on' if facts['onednn'] else 'off'}, {facts['inter-op']} inter-op "
        f"and {facts['intra-op']} intra-op threads",
        "control, two processes alike: "
        + ", ".join(f"{each['engine']} {span(each)}" for each in record["control"]),
        f"a process that waits for its turn took {percent(record['idle_share'])} of a core",
    ]
    said += [f"{name} is not at hand" for name in record["not_at_hand"]]
    said += [
        f"{escape(each['engine'])} with {escape(each['setting'])} not timed: {escape(each['why'])}"
        for each in record["left_out"]
    ]
    return "; ".join(said) + "."
