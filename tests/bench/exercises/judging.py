"""Wrong solutions, and whether what is said of one fits: judged by what was written down before."""

import re
from typing import NamedTuple

from bench.exercises.grade import WRONG, Grade


class Wrong(NamedTuple):
    """One wrong solution.

    Attributes:
        what: is wrong with it.
        gap: that is filled with ``code``; the others are right.
        code: may have several lines.
        concept: in ``CONCEPTS``, what a hint has to speak of to be of use.
    """

    what: str
    gap: int
    code: str
    concept: str


CONCEPTS = {
    "activation": r"activation|lie between|squashed",
    "added twice": r"complete|twice|factor|formula",
    "another optimizer": r"another optimizer",
    "axis": r"\baxis\b|\baxes\b|keepdims",
    "batches": r"batches|each batch",
    "bias": r"\bbias\b",
    "counter": r"\bcounts?\b",
    "correction": r"start at zero|correct|factor|first step|changes with `self.t`",
    "dropped": r"dropped|scaled|training",
    "drawn anew": r"drawn anew",
    "drawn together": r"draw of its own",
    "epsilon": r"epsilon",
    "factor": r"factor|number is it|scaled",
    "formula": r"formula has|formula does not have|formula's|is in another order",
    "last batch": r"last batch|smaller|do not divide by the batch",
    "layer": r"layer (?:of another kind|more|less)|another kind",
    "logarithm": r"logarithm",

    "matrix product": r"inner sizes|transposed",
    "name": r"spelt|gives it a value",
    "never moves": r"never moves?",
    "one-hot": r"one-hot|whole numbers|one for each",
    "operation": r"operation|operator|function|minus",
    "order": r"order",
    "other name": r"[Oo]ne name|change places|which share|changes with",
    "other loss": r"another loss|logarithm|squared? or a root|term by term",
    "padding": r"padded|padding|keep its size",
    "prediction": r"two calls|dropped|training",
    "probabilities": r"probabilit|whole numbers|Print the shape",
    "probabilities twice": r"probabilities already|squashed|activation",
    "rate": r"share|number in this gap",
    "receiver": r"worker|is it this one",
    "root": r"\broot\b|with `v`",
    "running mean": r"running mean|remembered|other-mix",
    "scale": r"scaled|factor|a scale",
    "shape": r"[Ss]hapes?\b|Count |on its side|sizes meet|strides|pixels wide|layer (?:more|less)",
    "shares": r"shares|factor|[Ss]um or mean",
    "sign": r"\bsign\b|other way",
    "slope": r"slope|factor",
    "step length": r"too far|another length|factor",
    "sum or mean": r"[Ss]um or|is it their mean|their sum|added up|or the mean",
    "swapped arguments": r"change places",
    "tape once": r"\btape\b",
    "type of number": r"types? of number|float32",
    "update rule": r"overwritten|put your line beside it|beside the rule",
    "variable": r"[Vv]ariable",
    "what a layer is called on": r"called on|called\?",
    "zero": r"zero throughout",
}  # fmt: skip
"""What has to stand in a hint that speaks of a concept."""
BY_ANOTHER_NAME = (
    "scale", "slope", "shares", "added twice", "dropped", "prediction", "correction",
    "update rule", "probabilities", "receiver", "step length", "other name", "formula",
)  # fmt: skip
"""What these are told by, others are told by too."""
MOST = 4
"""A hint that speaks of more concepts than these names none of them: it would fit any mistake."""


def fits(wrong: Wrong, found: Grade) -> bool:
    """Return whether a grade names the gap at fault, and its hint what is wrong and little else."""
    placed = (found.verdict, found.gap) == (WRONG, wrong.gap)
    speaks = re.search(CONCEPTS[wrong.concept], found.hint) is not None
    return placed and speaks and spoken_of(found.hint) <= MOST


def spoken_of(hint: str) -> int:
    """Return how many concepts a hint speaks of."""
    return sum(
        bool(re.search(CONCEPTS[concept], hint)) for concept in set(CONCEPTS) - {*BY_ANOTHER_NAME}
    )
