"""What stands in the notebook of a model: text and code, cell by cell, from the live source."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.explain.concept import SOURCES, Concept, Sources, code
from bench.explain.concepts import concepts_of
from bench.explain.excerpts import Excerpt, source
from bench.specs import ModelSpec, default_config

TEXT, CODE = "markdown", "code"


class Cell(NamedTuple):
    """A cell: ``markdown`` or ``code``."""

    kind: str
    text: str


def cells(spec: ModelSpec) -> Iterator[Cell]:
    """Yield the notebook of a model."""
    where = SOURCES[spec.name]
    yield Cell(TEXT, _TITLE.format(name=spec.name, summary=spec.summary, layers=spec.layers))
    yield Cell(CODE, _QUIET)
    yield Cell(TEXT, "## In Keras\n\nChange it, and run this cell and those below it again.")
    yield Cell(CODE, _known(f"keras_impl/{where.file}") + source(where.keras()))
    yield Cell(
        TEXT, "## By hand\n\n`k` holds the operations: `k.matmul` is `tf.matmul`, and so on."
    )
    yield Cell(CODE, _known(f"rawtf/{where.file}") + source(_whole_class(where)))
    yield Cell(TEXT, _SIDES)
    yield Cell(CODE, _sides(spec, where))
    yield Cell(TEXT, _ULP)
    yield Cell(CODE, "walked = live.walk(steps=20)\nlive.show(walked)")
    yield Cell(TEXT, _DIALS)
    yield Cell(CODE, _dials(spec))
    yield Cell(TEXT, "## What Keras hides\n\nConcept by concept: its lines, and those by hand.")
    for concept in concepts_of(spec):
        yield Cell(TEXT, _told(concept))
    yield Cell(TEXT, _FURTHER.format(name=spec.name))


_TITLE = """# {name}: {summary}

{layers}. Both sides stand below as code that runs here: what you change is what is trained and
compared. Run the cells from the top, change one, run it and those below it again."""

_QUIET = """from bench.host.quiet_import import quiet_tensorflow

quiet_tensorflow()  # or what TensorFlow says of your devices comes before your own results"""

_SIDES = """## Both sides, side by side

`Live` sets up both sides as they are defined above, from the same weights, and feeds both the same
batches of scikit-learn's digits. Nothing is downloaded."""

_ULP = """## Are they the same program?

The loss at each step, by hand and in Keras, and below it how many floating-point numbers lie
between the two in the weight where they are farthest apart (ULP). 0 says: the same bits, in every
weight. Try it: put another activation on one side, or leave out a bias, and see at which step they
part, and how far."""

_DIALS = """## Turn a dial

Both sides are trained anew at each turn. Their losses change together, and the line below stays
at 0 ULP: what a dial means is the same on both sides."""

_FURTHER = """## Further

- `gvk parity {name}`: every tensor at every step, not the weights alone.
- `gvk explain {name} --run`: what goes wrong when one of these lines is wrong.
- `gvk exercise list`: write such lines yourself."""


def _known(file: str) -> str:
    """Return the line that makes known here whatever a source file knows."""
    module = file.removesuffix(".py").replace("/", ".")
    return f"from {module} import *\n\n\n"


def _whole_class(where: Sources) -> Excerpt:
    return Excerpt(f"rawtf/{where.file}", where.raw_class)


def _sides(spec: ModelSpec, where: Sources) -> str:
    """Return the code that says how either side is made of what is defined above it."""
    rate = ["dropout_rate=spec.dropout_rate"] if spec.dropout_rate else []
    widths = [f"spec.{part}" for part in ("filters", "hidden_layers") if getattr(spec, part)]
    raw = ", ".join(["values", *rate])
    keras = ", ".join([*widths, "init", *rate])
    return f"""from bench.notebooks.live import Live


def by_hand(spec, values):
    return {where.raw_class}({raw})


def in_keras(spec, init):
    return {where.keras_function}({keras})


live = Live("{spec.name}", by_hand, in_keras)"""


def _dials(spec: ModelSpec) -> str:
    """Return the code of the widgets; one for dropout where there is any."""
    dials = {
        "learning_rate": f"FloatLogSlider({default_config(spec.name).learning_rate}, min=-3, max=0",
        "batch_size": "IntSlider(32, min=1, max=128",
    }
    if spec.dropout_rate:
        dials["dropout_rate"] = f"FloatSlider({spec.dropout_rate}, min=0.05, max=0.9, step=0.05"
    kinds = sorted({dial.partition("(")[0] for dial in dials.values()})
    rows = [f"    {name}={dial}, continuous_update=False)," for name, dial in dials.items()]
    return "\n".join([
        f"from ipywidgets import {', '.join(kinds)}, interact",
        "",
        "",
        "def turned(**dials):",
        "    live.show(live.walk(steps=20, **dials))",
        "",
        "",
        "interact(",
        "    turned,",
        *rows,
        ");",
    ])  # fmt: skip


def _told(concept: Concept) -> str:
    keras = code(concept.keras)
    parts = [
        f"### {concept.name[0].upper()}{concept.name[1:]}",
        f"`{concept.formula}`",
        concept.hidden,
    ]
    parts.append(_block("In Keras", keras) if keras else f"In Keras: {concept.no_line}.")
    parts.append(_block("By hand", code(concept.raw)))
    if concept.written_out:
        parts.append(_block("Written out", code(concept.written_out)))
    return "\n\n".join(parts)


def _block(title: str, text: str) -> str:
    return f"{title}:\n\n```python\n{text}\n```"
