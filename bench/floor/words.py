"""A floor in words: the lines that ``gvk floor`` prints, and its chapter in the report."""

from collections.abc import Iterator

from bench.floor.arms import GATHERED, LARGE, LARGE_SIZE, PRODUCTS
from bench.records.reading import Record
from bench.render.markdown import folded, percent, significant, table


def floor_lines(record: Record) -> Iterator[str]:
    """Yield the products, the floor, each engine's share of it, and the control."""
    name, us, gflops = f"floor      {record['model']}", record["us"], record["gflops"]
    for product in record["products"]:
        times = ", ".join(f"{lib} {1e6 * s:,.1f} us" for lib, s in product["seconds"].items())
        yield f"{name} {product['name']}: {times}"
    ways = ", ".join(f"{way} {1e6 * s:,.1f} us" for way, s in record["ways"].items())
    yield f"{name} all of a step's, at a first look: {ways}"
    yield (
        f"{name} {PRODUCTS}, {record['way']}: {us[PRODUCTS]:,.1f} us a step, "
        f"{gflops[PRODUCTS]:,.1f} GFLOP/s; "
        f"with the batch's gather {us[GATHERED]:,.1f} us"
    )
    yield f"{name} a product of {LARGE_SIZE:,} rows and columns: {gflops[LARGE]:,.1f} GFLOP/s"
    for engine in record["engines"]:
        yield (
            f"{name} {engine['arm']}: {engine['us']:,.1f} us a step, the products are "
            f"{share(engine['share'])} of it, with the gather {share(engine['with_gather'])}"
        )
    copy = record["control"]
    said = f"{copy['ratio']:.3f} ({copy['low']:.3f} to {copy['high']:.3f})"
    yield f"{name} A/A raw epoch again: {said}{'' if copy['holds'] else ': NOT AT 1'}"


def share(ratio: Record) -> str:
    """Return a share with its interval, in percent."""
    low, high = percent(ratio["low"]), percent(ratio["high"])
    return f"{percent(ratio['ratio'])} ({low} to {high})"


def floor_text(record: Record) -> str:
    """Return the chapter: what the products take, each engine's share, and each product."""
    us, gflops = record["us"], record["gflops"]
    said = (
        "What a step's matrix products and convolutions take by themselves, forward and back, "
        f"by the fastest library at hand ({record['way']}): {significant(us[PRODUCTS])} µs, "
        f"that is {significant(gflops[PRODUCTS])} GFLOP/s; with the gathering of the batch "
        f"{significant(us[GATHERED])} µs. A product of {LARGE_SIZE:,} rows and columns runs at "
        f"{significant(gflops[LARGE])} GFLOP/s. The nearer an engine's share is to 100 %, the "
        "less there is to be won by whatever is around the products."
    )
    if not record["control"]["holds"]:
        said += " A copy of `raw epoch` did not take as long as itself: these shares are doubtful."
    columns = ("Engine", "µs a step", "The products' share (95 %)", "With the gather (95 %)")
    rows = [
        [e["arm"], significant(e["us"]), share(e["share"]), share(e["with_gather"])]
        for e in record["engines"]
    ]
    return "\n\n".join([said, table(columns, rows, "lrrr"), folded("Every product", _each(record))])


def _each(record: Record) -> str:
    """Return a row for each product: what each library takes for it, and which was chosen."""
    libraries = list(dict.fromkeys(lib for p in record["products"] for lib in p["seconds"]))
    columns = ("Product", "MFLOP", *(f"{lib}, µs" for lib in libraries), "Fastest")
    rows = [
        [
            product["name"],
            significant(product["flops"] / 1e6),
            *(_us(product["seconds"].get(lib)) for lib in libraries),
            product["library"],
        ]
        for product in record["products"]
    ]
    return table(columns, rows, "lr" + "r" * len(libraries) + "l")


def _us(seconds: float | None) -> str:
    return significant(None if seconds is None else 1e6 * seconds)
