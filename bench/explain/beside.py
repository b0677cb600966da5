"""The whole of a model on both sides, and which lines by hand do what a line of Keras does.

Nothing is paired by guess. A layer's lines are found by the layer's name (``layer_lines``); of all
else the concepts say what stands where: the code by hand of a concept is that of its Keras line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.explain.concept import SOURCES, Concept
from bench.explain.concepts import DEFAULT, concepts_of
from bench.explain.excerpts import Excerpt, LineGone, line_numbers, source
from bench.explain.form import Form
from bench.explain.layer_lines import Line, keras_layers, lines_of_layer
from bench.explain.learning import COMPILE, FIT
from bench.specs import ModelSpec

ARGUMENTS = {"loss": "loss,", "optimizer step": "optimizer](", "metrics": "metrics="}
"""Which argument of ``compile`` is whose: of each concept, a part of its line."""
BY_LAYER = (
    "forward pass", "convolution and pooling", "activation", "dropout's random state",
    "batch norm's two modes",
)  # fmt: skip
"""The concepts that are told layer by layer."""


@dataclass(frozen=True)
class Listing:
    """An excerpt line by line: the lines of its file and their text, without the margin."""

    place: str
    lines: tuple[tuple[Line, str], ...]


@dataclass(frozen=True)
class Beside:
    """A model on both sides.

    Attributes:
        keras, raw: the code of either side, in the order in which a program meets it.
        does: of lines of Keras, the lines by hand that do the same.
    """

    keras: tuple[Listing, ...]
    raw: tuple[Listing, ...]
    does: Mapping[Line, frozenset[Line]]


def beside(spec: ModelSpec, form: Form = DEFAULT) -> Beside:
    """Return a model on both sides, with the code of a run of that form.

    Raises:
        LineGone: a line that a concept names, or what a layer does, is not in the source any more.
    """
    concepts, here = concepts_of(spec, form), SOURCES[spec.name]
    raw = list(dict.fromkeys(excerpt for concept in concepts for excerpt in concept.raw))
    of_layers = [e for concept in concepts if concept.name in BY_LAYER for e in concept.raw]
    model = here.keras()
    others = [e for concept in concepts for e in concept.keras if e.symbol != model.symbol]
    does: dict[Line, frozenset[Line]] = {}
    for concept in (each for each in concepts if each.name not in BY_LAYER):
        for line in _keras_lines(concept):
            does[line] = does.get(line, frozenset()) | frozenset(_lines(concept.raw))
    for layer, statement in keras_layers(here).items():
        line = (model.file, statement.lineno)
        own = lines_of_layer(layer, here, of_layers, form.kernels)
        does[line] = does.get(line, frozenset()) | own
    return Beside(
        tuple(_listing(excerpt) for excerpt in dict.fromkeys([model, *others])),
        tuple(_listing(excerpt) for excerpt in raw),
        does,
    )


def _keras_lines(concept: Concept) -> list[Line]:
    """Return the lines of Keras that stand for a concept, or the one it has for it by itself."""
    if concept.name in ARGUMENTS:
        return [_argument(ARGUMENTS[concept.name])]
    return _lines(concept.keras or (FIT,))  # fit takes the gradients by itself


def _argument(part: str) -> Line:
    """Return the line of ``compile`` that has a part."""
    lines = zip(_lines((COMPILE,)), source(COMPILE).splitlines(), strict=True)
    having = [line for line, text in lines if part in text]
    if len(having) != 1:
        raise LineGone(f"{COMPILE.place}: {len(having)} lines of compile have {part!r}")
    return having[0]


def _lines(excerpts: Iterable[Excerpt]) -> list[Line]:
    return [(each.file, number) for each in excerpts for number in line_numbers(each)]


def _listing(excerpt: Excerpt) -> Listing:
    lines = zip(_lines((excerpt,)), source(excerpt).splitlines(), strict=True)
    return Listing(excerpt.place, tuple(lines))
