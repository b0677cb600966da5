"""What ``gvk tune`` prints: a line for each setting and engine, then what to write."""

from collections.abc import Iterator

from bench.records.reading import Record
from bench.rounding import lean

IN_WORDS = {"same_bits": "same bits", "within_noise": "within the noise floor"}


def effect_line(model: str, effect: Record) -> str:
    """Return what a setting is worth for an engine, in a line."""
    return (
        f"tune       {model} {effect['engine']}, {effect['setting']}: {span(effect)} times as fast "
        f"({effect['us_as_it_comes']:,.0f} to {effect['us']:,.0f} us a step), {bits(effect)}: "
        f"{effect['word']}"
    )


def tune_lines(record: Record) -> Iterator[str]:
    """Yield the control, what was not timed, and what is best with the lines to write."""
    name = f"tune       {record['model']}"
    for each in record["control"]:
        yield f"{name} control, {each['engine']} in two processes alike: {span(each)}"
    for each in record["left_out"]:
        yield f"{name} {each['engine']}, {each['setting']}: not timed: {each['why']}"
    for allocator in record["not_at_hand"]:
        yield f"{name} {allocator}: not at hand"
    yield f"{name} idle processes took {lean(record['idle_share']):.1%} of a core each"
    for engine in (each["engine"] for each in record["plain"]):
        own = {words: record["best"][of][engine] for of, words in IN_WORDS.items()}
        same = len({each["setting"] for each in own.values()}) == 1
        for words, each in list(own.items())[: 1 if same else None]:
            yield f"{name} best of {engine}, {words}: {each['setting']} ({_worth(each)})"
    for line in to_write(record):
        yield f"{name} write: {line}"
    yield f"{name} advice: {record['advice']}"


def to_write(record: Record) -> list[str]:
    """Return the lines to write for the best settings, for a shell and for Python, each once."""
    chosen = [each for of in record["best"].values() for each in of.values() if each]
    dials = [dial for each in chosen for dial in each["dials"]]
    return list(dict.fromkeys(d[way] for d in dials for way in ("shell", "python") if d[way]))


def advice(record: Record) -> str:
    """Return what to do, in a sentence: the fastest of each criterion, and ``fit`` by itself."""
    said = []
    for criterion, words in IN_WORDS.items():
        fastest = record["best"][criterion]["raw"]
        if fastest:
            said.append(f"{words}: {_fastest(fastest, record['reference'])}")
    fit = record["best"]["same_bits"].get("fit")
    if fit:
        gain = f": {span(fit)} times as fast" if fit["dials"] else ""
        said.append(f"`fit` itself, same bits: {fit['setting']}{gain}")
    return "; ".join(dict.fromkeys(said)) or "none: nothing was timed"


def bits(effect: Record) -> str:
    """Return how near a setting keeps to the weights of the process as it comes."""
    if effect["same_bits"]:
        return "same bits"
    far = f"{effect['max_ulp']:,} ULP"
    return f"within the noise floor ({far})" if effect["within_noise"] else f"OTHER WEIGHTS ({far})"


def span(ratio: Record) -> str:
    """Return a ratio with its interval."""
    if ratio["low"] is None or ratio["high"] is None:
        return f"{lean(ratio['ratio']):.2f} (no interval)"
    return f"{lean(ratio['ratio']):.2f} ({lean(ratio['low']):.2f} to {lean(ratio['high']):.2f})"


def _worth(each: Record) -> str:
    """Return what a best setting is worth, or that nothing helps."""
    return f"{span(each)} times as fast" if each["dials"] else "no dial is known to help"


def _fastest(each: Record, reference: str) -> str:
    times = f"{span(each['against_reference'])} times as fast as `{reference}` as it comes"
    return f"`{each['engine']}`, {each['setting']}, {times}"
