"""The report's words and tables on speed, from stored records."""

from collections.abc import Iterator
from statistics import fmean

from bench.records.reading import AGAIN, LAST_TASK, ModelRecords, Record
from bench.records.slices import METHOD as SLICES
from bench.render.markdown import (
    MISSING,
    count,
    counted,
    escape,
    folded,
    interval,
    scalar,
    significant,
    table,
)
from bench.report.equality import verdict
from bench.stats.verdicts import FASTER, INCONCLUSIVE, SLOWER
from bench.timing import one_sample

Models = dict[str, ModelRecords]

REFERENCE = "keras fit"
TURNS = {
    None: "In each block every arm runs twice over an epoch or several, in an order drawn by lot "
    "and then backwards (ABBA or BAAB of two).",
    SLICES: "The arms take turns in slices of 10 to 100 ms: in a round every arm goes on for one "
    "slice from where its last one stood, after an untimed start. The length is drawn by lot for "
    "each round, the order too, and every second round goes backwards; a block is some rounds. "
    "`fit` is held between two steps; what it does at the end of an epoch is timed apart in each "
    "block and added, its wait left out. Blocks that are alike are put together for an interval.",
}
"""How arms took turns, by the method that a record names."""
METHOD = (
    "Steady state only, XLA off on both sides, and each pair proved equal in exact mode first. "
    "Samples/s and µs are means over blocks. A ratio is the time of Keras `fit` over the time of "
    "the arm, as the exponential of the mean over blocks of the log ratio, with a 95 % interval "
    "(bootstrap over blocks, Student's t below six): above 1 the arm is faster than Keras `fit`. A "
    "control is an arm against a second copy of itself (A/A): where its interval leaves out 1, a "
    "verdict has to hold by more than the control is off."
)
EPOCH = "an epoch is "
TASKS = {"inference": "Inference, batches of 256", "latency": "Latency of one sample"}


def section(models: Models) -> str:
    """Return what no model's page has, folded: inference, controls, method, what was timed."""
    timed = {m: r for m, r in models.items() if r.equal and r.throughput}
    untimed = [f"- {escape(m)}: {_untimed(r)}." for m, r in models.items() if m not in timed]
    parts = ["\n".join(untimed)] * bool(untimed)
    if not timed:
        return "\n\n".join(parts)
    columns = ("Model", "An epoch", "Order seed", "Precision", "Stopped", "Proved")
    rows = [_timing(model, records.throughput or {}) for model, records in timed.items()]
    how = [_method(timed), table(columns, rows)]
    parts += ["The page of a model has every way to train it.", *_doubtful(timed)]
    one = [f"- {escape(m)}: {escape(said)}" for m, r in timed.items() if (said := _one_sample(r))]
    parts += ["\n".join(one)] * bool(one)
    parts += [*_tasks(timed), *_ends(timed)]
    parts.append(folded("Controls, each to be at 1", controls_table(timed)))
    parts.append(folded("How it was measured, and for how long", "\n\n".join(how)))
    return "\n\n".join(parts)


def _tasks(timed: Models) -> Iterator[str]:
    """Yield a folded table for each task beside training."""
    columns = ("Model", "Arm", "Samples/s", "µs a sample", "Times the reference (95 %)", "Verdict")
    for task, title in TASKS.items():
        if rows := [r for records in timed.values() for r in _task_rows(records, task)]:
            yield folded(title, table(columns, rows, "llrrrl"))


def _ends(timed: Models) -> Iterator[str]:
    """Yield a folded table of what ``fit`` does between two epochs, where that was seen."""
    columns = ("Model", "Arm", "Epochs seen", "End, ms", "Waited", "Each wait, s")
    if rows := [row for m, r in timed.items() for row in _end_rows(m, r.throughput or {})]:
        yield folded("What fit does at the end of an epoch", table(columns, rows, "llrrrr"))


def _method(timed: Models) -> str:
    """Return how all was measured, once for each method that there is."""
    methods = {(r.throughput or {}).get("method"): None for r in timed.values()}
    said = [TURNS[method] for method in methods if method in TURNS]
    return " ".join([*said, METHOD])


def _end_rows(model: str, record: Record) -> list[list[str]]:
    """Return a row for each arm whose ends of epochs were seen: without a wait, and the waits."""
    rows = []
    for arm in record["arms"]:
        if not arm["arm"].endswith(AGAIN) and (end := arm.get("epoch_end")):
            waited = [seconds for seconds in end["waits"] if seconds]
            each = significant(fmean(waited)) if waited else ""
            numbers = (count(end["epochs"]), significant(1e3 * end["without_wait"]))
            rows.append([model, arm["arm"], *numbers, count(len(waited)), each])
    return rows


def _one_sample(records: ModelRecords) -> str:
    """Return what one sample costs in the fastest way of Keras.

    Empty where it was not timed, or in one way alone: ``predict`` is made for many samples.
    """
    record = records.tasks.get(LAST_TASK) or {"arms": []}
    ways = [a for a in record["arms"] if a.get("impl") == "keras" and not a["arm"].endswith(AGAIN)]
    return one_sample.in_words(record) if len(ways) > 1 else ""


def _doubtful(timed: Models) -> list[str]:
    """Return of which arms no verdict is given, and why."""
    doubtful = [
        f"{escape(model)} {escape(ratio['arm'])} ({escape(why_open(ratio))})"
        for model, records in timed.items()
        for ratio in (records.throughput or {})["ratios"]
        if word(ratio) == INCONCLUSIVE and ratio["arm"] != REFERENCE
    ]
    return [f"No verdict: {'; '.join(doubtful)}."] * bool(doubtful)


def word(ratio: Record) -> str:
    """Return the verdict of a ratio; a record from before there were any has its interval."""
    low, high = ratio.get("low"), ratio.get("high")
    if "verdict" in ratio:
        return str(ratio["verdict"])
    if low is None or high is None or low <= 1 <= high:
        return INCONCLUSIVE
    return FASTER if low > 1 else SLOWER


def why_open(ratio: Record) -> str:
    """Return why a ratio gets no verdict."""
    return str(ratio.get("why", "the interval does not exclude 1, no difference at all"))


def block_seconds(arm: Record) -> list[float]:
    """Return the time of an epoch in each block of an arm."""
    return [seconds for seconds in arm["seconds"] if seconds]


def speed(record: Record, arm: Record) -> float | None:
    """Return the samples a second of an arm, from its mean time over blocks."""
    seconds = block_seconds(arm)
    samples = arm.get("samples") or record["samples_per_segment"]
    return samples / fmean(seconds) if seconds else None


def step_us(record: Record, arm: Record) -> float | None:
    """Return the microseconds that an arm takes for a step, its mean over blocks."""
    seconds = block_seconds(arm)
    steps = arm.get("steps") or record["steps_per_segment"]
    return 1e6 * fmean(seconds) / steps if seconds else None


def training_table(models: Models) -> str:
    """Return one row for each model and arm; for a model not proved equal, a row that says so."""
    columns = ("Model", "Arm", "Samples/s", "µs a step", "Times Keras fit (95 %)", "Verdict")
    rows: list[list[str]] = []
    for model, records in models.items():
        if records.throughput is None or not records.equal:
            rows.append([model, _untimed(records), *[MISSING] * 5])
        else:
            rows += [
                _training_row(model, records, arm)
                for arm in records.throughput["arms"]
                if not arm["arm"].endswith(AGAIN)
            ]
    return table((*columns, "Blocks"), rows, "llrrrlr")


def _untimed(records: ModelRecords) -> str:
    return "not measured" if records.equal else f"withheld: {verdict(records)}"


def _training_row(model: str, records: ModelRecords, arm: Record) -> list[str]:
    record = records.throughput or {}
    return [
        model,
        arm["arm"],
        significant(speed(record, arm)),
        significant(step_us(record, arm)),
        *_ratio_cells(record, arm["arm"]),
        count(len(block_seconds(arm))),
    ]


def _ratio_cells(record: Record, arm: str) -> list[str]:
    """Return the ratio of an arm and its verdict."""
    if arm == record.get("reference", REFERENCE):
        return ["1 (reference)", ""]
    ratio = next((r for r in record["ratios"] if r["arm"] == arm), None)
    return [in_cell(ratio), word(ratio)] if ratio else [MISSING, MISSING]


def in_cell(ratio: Record) -> str:
    """Return a ratio with its interval."""
    return interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))


def _task_rows(records: ModelRecords, task: str) -> list[list[str]]:
    record = records.tasks.get(task)
    if record is None:
        return []
    rows = []
    for arm in (each for each in record["arms"] if not each["arm"].endswith(AGAIN)):
        a_second = speed(record, arm)
        numbers = (significant(a_second), significant(1e6 / a_second if a_second else None))
        rows.append([record["model"], arm["arm"], *numbers, *_ratio_cells(record, arm["arm"])])
    return rows


def controls_table(models: Models) -> str:
    """Return a row for each model and task that has controls."""
    rows = [
        [model, task, "; ".join(f"{c['arm'].removesuffix(AGAIN)} {in_cell(c)}" for c in controls)]
        for model, records in models.items()
        for task, record in records.tasks.items()
        if (controls := record.get("controls", []))
    ]
    return table(("Model", "Task", "Ratio of a program to its copy (95 %)"), rows)


def _timing(model: str, record: Record) -> list[str]:
    """Return what was timed of a model, until when, and what had been proved of each arm."""
    seed, precision = scalar(record.get("order_seed")), record.get("precision", "not known")
    epoch = epoch_in_words(record).removeprefix(EPOCH)
    return [model, epoch, seed, precision, record.get("stopped", ""), _proofs(record)]


def _proofs(record: Record) -> str:
    """Return what had been proved of most arms, then of the others."""
    proved: dict[str, list[str]] = {}
    for arm in record["arms"]:
        if arm.get("proved") and not arm["arm"].endswith(AGAIN):
            proved.setdefault(arm["proved"], []).append(arm["arm"])
    usual, *others = sorted(proved, key=lambda proof: -len(proved[proof])) or [MISSING]
    return "; ".join([usual, *(f"{', '.join(proved[proof])}: {proof}" for proof in others)])


def epoch_in_words(record: Record) -> str:
    """Return what an epoch was, and of how much where it was cut."""
    samples, whole = record["samples_per_segment"], record.get("epoch_samples", 0)
    cut = f", cut from {count(whole)}" if samples < whole else ""
    steps = counted(record["steps_per_segment"], "step")
    return f"{EPOCH}{steps} ({counted(samples, 'sample')}{cut})"
