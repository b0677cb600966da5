"""A scaling in words: the lines that ``gvk scaling`` prints, and its chapter in the report."""

from collections.abc import Iterator

from bench.records.reading import Record
from bench.render.markdown import MISSING, escape, folded, significant, table, whole_percent
from bench.scaling.points import GIVEN, REPLICAS, crew_name

TITLE = "How it scales"
COMPUTED = (
    "computation: serial + (n · fixed + slope · batch) / min(n, cores); communication: 2 (n - 1) · "
    "(latency + message / bandwidth), a message the gradients of replicas (they are summed on the "
    "first device), an n-th of them of workers (a ring). What a step takes once (serial) can be "
    "told from what each of them takes (fixed) only where some replicas share cores"
)
METHOD = (
    "All of it takes turns in the same blocks, each number of each kind in processes of its own. "
    "Computation is the same step without its all-reduce, communication the all-reduce alone, of "
    "tensors of the gradients' shapes; what they leave of the step is waiting or, below zero, what "
    "was done at the same time. Of batches as many times as large each has as much as one alone."
)


def proofs_in_words(record: Record) -> list[str]:
    """Return what was said of each number before any was timed."""
    parted = [
        f"{crew_name(REPLICAS, n)}: DIFF, see `gvk parity --replicas {n}`: not timed"
        for n in record["parted"]
    ]
    return parted + [_proof_in_words(proof) for proof in record["proofs"]]


def _proof_in_words(proof: Record) -> str:
    """Return what a few steps of a number of a kind said."""
    who, far = crew_name(proof["crew"], proof["n"]), f"{proof['max_relative']:.1e}"
    if proof["within_noise"]:
        said = f"as one, within the noise floor ({far} of the largest in {proof['tensor']})"
    elif proof["holds"]:
        said = f"another program, {far} apart: {'; '.join(proof['why'])}"
    else:
        said = f"DIFF, {proof['tensor']} ends {far} of its largest from one: not timed"
    return f"{who}: {said}"


def scaling_lines(record: Record) -> Iterator[str]:
    """Yield what each number does, the model of each kind, its projections, and the control."""
    name = f"scaling    {record['model']}"
    for words in proofs_in_words(record):
        yield f"{name} {words}"
    if not record["points"]:
        return
    for point in record["points"]:
        yield f"{name} {_point_line(point)}"
    for kind, law in record["laws"].items():
        yield f"{name} {kind}: {parameters_in_words(law)}; {fit_in_words(law, record['margin'])}"
    for each in record["projections"]:
        yield (
            f"{name} {crew_name(each['kind'], each['n'])}, batch {each['batch_size']}: "
            f"{significant(each['samples_per_second']['value'])} samples a second, efficiency "
            f"{_share(each['efficiency'])} ({each['word']}; network {each['by']})"
        )
    for words in not_measured(record):
        yield f"{name} {words}"
    copy = record["control"]
    said = f"{copy['ratio']:.3f} ({copy['low']:.3f} to {copy['high']:.3f})"
    yield f"{name} A/A 1 replica again: {said}{'' if copy['holds'] else ': NOT AT 1'}"


def _point_line(point: Record) -> str:
    said = f"{point['arm']}: {significant(point['samples_per_second'])} samples a second"
    if "compute" not in point:
        return said
    parts = (_ms(point[part]["value"]) for part in ("seconds", "compute", "exchange", "left"))
    whole, compute, exchange, left = parts
    return (
        f"{said}, efficiency {_share(point['efficiency'])} of at most "
        f"{whole_percent(point['ideal'])}; {whole} ms a step: {compute} compute, {exchange} "
        f"communicate, {left} left over"
    )


def parameters_in_words(law: Record) -> str:
    """Return the parameters of a kind with their units and intervals."""
    fixed, slope, latency = (_scaled(law[key], 1e6) for key in ("fixed", "slope", "latency"))
    return (
        f"serial {_serial(law)} us, fixed {fixed} us each, {slope} us a sample, "
        f"latency {latency} us a round, bandwidth {_bandwidth(law['per_byte'])} GB/s"
    )


def fit_in_words(law: Record, margin: float) -> str:
    """Return how far the model lies from what was measured, and from what it has not seen."""
    off = {each["arm"]: each["residual"] for each in law["fit"]}[law["worst"]]
    said = f"{law['worst']} lies {100 * off:+.0f} % from it"
    if not law["holds"]:
        said += f", more than {whole_percent(margin)}: it does not hold and projects nothing"
    if not law["held_out"]:
        return f"{said}; no number to spare that could be held out"
    worst = max(law["held_out"], key=lambda each: abs(each["residual"]))
    return f"{said}; {worst['arm']}, held out, {100 * worst['residual']:+.0f} %"


def not_measured(record: Record) -> list[str]:
    """Return what is not measured, and why."""
    return [f"{what}: not measured: {why}" for what, why in record["left_out"].items()]


def scaling_text(record: Record) -> str:
    """Return the chapter: what was measured, the model beside it, and what it projects."""
    proofs = "\n".join(f"- {escape(words)}." for words in proofs_in_words(record))
    if not record["points"]:
        return f"Not timed, as not all of it was proved equal:\n\n{proofs}"
    parts = [_said(record), points_table(record), f"{escape(METHOD)}"]
    parts.append(folded("Equal before it was timed", proofs))
    parts += [f"{escape(words[0].upper() + words[1:])}." for words in not_measured(record)]
    if record["laws"]:
        parts += [f"A model: {escape(COMPUTED)}.", laws_table(record), _fits(record)]
        parts.append(folded("Every measured step beside the model", fit_table(record)))
    else:
        parts.append("Too little was measured for a model: nothing is projected.")
    if record["projections"]:
        parts += [
            "**Projection, not measured:** what the model makes of larger numbers, if each has a "
            "core of its own as fast as one here, and a network as here"
            + (" or as was given." if record["network"] else "."),
            projections_table(record),
        ]
    return "\n\n".join(parts)


def _said(record: Record) -> str:
    cores, gradients = record["cores"], record["gradients"]
    where = (
        f"Each has a GPU of its own, of {cores}."
        if record["on"] == "gpu"
        else f"n of them share {cores} cores, a thread each: beyond {cores} no more is to be had, "
        f"and the efficiency cannot be above {cores} / n (*at most*)."
    )
    said = (
        f"Throughput of the hand-written step on n devices of one process (replicas, summed "
        f"{record['order']}) and in n processes (workers), against one. {where} A step sums "
        f"{gradients['tensors']} gradients, {significant(gradients['bytes'] / 1e6)} MB."
    )
    if not record["control"]["holds"]:
        said += " A copy of one did not take as long as itself: these numbers are doubtful."
    return said


def points_table(record: Record) -> str:
    """Return a row for each number of each kind and batch."""
    columns = ("How many", "Batch", "Samples/s", "Times one (95 %)", "Efficiency (95 %)", "At most",
               "Step, ms", "Compute", "Communicate", "Left over")  # fmt: skip
    rows = [
        [
            crew_name(point["kind"], point["n"]),
            f"{point['batch_size']:,}",
            significant(point["samples_per_second"]),
            _scaled(point["speedup"], 1),
            _share(point["efficiency"]),
            whole_percent(point["ideal"]),
            _ms(point["seconds"]["value"]),
            *(_ms(point[p]["value"]) if p in point else MISSING
              for p in ("compute", "exchange", "left")),
        ]
        for point in record["points"]
    ]  # fmt: skip
    return table(columns, rows, "lrrrrrrrrr")


def laws_table(record: Record) -> str:
    """Return the parameters of each kind."""
    columns = ("Kind", "Serial, µs", "Fixed, µs each", "Slope, µs a sample", "Latency, µs a round",
               "Bandwidth, GB/s")  # fmt: skip
    rows = [
        [
            kind,
            _serial(law),
            *(_scaled(law[key], 1e6) for key in ("fixed", "slope", "latency")),
            _bandwidth(law["per_byte"]),
        ]
        for kind, law in record["laws"].items()
    ]
    return table(columns, rows, "lrrrrr")


def _fits(record: Record) -> str:
    fits = {kind: fit_in_words(law, record["margin"]) for kind, law in record["laws"].items()}
    return "\n".join(f"- {escape(f'{kind}: {words}')}." for kind, words in fits.items())


def fit_table(record: Record) -> str:
    """Return each measured step beside what the model makes of it, held out where it was."""
    rows = [
        [
            each["arm"],
            how,
            _ms(each["measured"]),
            _ms(each["made"]),
            f"{100 * each['residual']:+.0f} %",
        ]
        for law in record["laws"].values()
        for how, of in (("fitted", law["fit"]), ("held out", law["held_out"]))
        for each in of
    ]
    return table(("Step", "Model", "Measured, ms", "Model, ms", "Apart"), rows, "llrrr")


def projections_table(record: Record) -> str:
    """Return what is projected; each row says that it is."""
    columns = ("How many", "Batch", "Network", "Step, ms (95 %)", "Samples/s", "Efficiency (95 %)",
               "What it is")  # fmt: skip
    rows = [
        [
            crew_name(each["kind"], each["n"]),
            f"{each['batch_size']:,}",
            _network(record, each["by"]),
            _scaled(each["seconds"], 1e3),
            significant(each["samples_per_second"]["value"]),
            _share(each["efficiency"]),
            each["word"],
        ]
        for each in record["projections"]
    ]
    return table(columns, rows, "lrlrrrl")


def _network(record: Record, by: str) -> str:
    if by != GIVEN:
        return by
    given = record["network"]
    said = [f"{significant(1e6 * given['latency'])} µs"] if "latency" in given else []
    said += [f"{significant(1e-9 / given['per_byte'])} GB/s"] if "per_byte" in given else []
    return f"{by}: {', '.join(said)}"


def _serial(law: Record) -> str:
    """Return what a step takes once, in microseconds, where it could be told."""
    return _scaled(law["serial"], 1e6) if law["serial"]["high"] else MISSING


def _ms(seconds: float) -> str:
    return significant(1e3 * seconds)


def _scaled(value: Record, by: float) -> str:
    number, low, high = (
        significant(None if value[key] is None else by * value[key])
        for key in ("value", "low", "high")
    )
    return f"{number} ({low} to {high})"


def _bandwidth(per_byte: Record) -> str:
    """Return a bandwidth; without an upper end where no byte was seen to take any time."""
    number, high, low = (
        significant(1e-9 / per_byte[key]) if per_byte[key] else "any"
        for key in ("value", "low", "high")
    )
    return f"{number} ({low} to {high})"


def _share(value: Record) -> str:
    """Return a share with its interval, in percent."""
    number, low, high = (
        MISSING if value[key] is None else whole_percent(value[key])
        for key in ("value", "low", "high")
    )
    return f"{number} ({low} to {high})"
