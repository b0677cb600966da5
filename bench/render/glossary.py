"""The words of the house: what each means, and a link to it where a page first uses it."""

import re
from collections.abc import Mapping

from bench.specs import ENGINES

FILE = "glossary.md"
IN_THE_FOLDER_ABOVE = f"../{FILE}"
"""From a report to the glossary, which lies in the folder of all reports."""


def _engines(impl: str) -> str:
    each = (f"`{name}` ({it.loop})" for name, it in ENGINES.items() if it.impl == impl)
    return ", ".join(each)


WORKSHOP = "https://github.com/waliens/dsl-workshop-tensorflow"
TERMS: Mapping[str, tuple[str, str]] = {
    "Workshop": (
        r"[Ww]orkshop",
        "*TensorFlow and Keras (deep learning by Google)* by Romain Mormont: slides and exercises "
        f"on MNIST, in TensorFlow 1, then in Keras ([its code]({WORKSHOP})). The models, their "
        "sizes and their settings come from it; where a report has fewer epochs it says so.",
    ),
    "ULP": (
        r"ULPs?",
        "Unit in the last place: the step from one floating-point number to the next. Two numbers "
        "are *0 ULP apart* when they are the same bits, *1 ULP* when no number lies between them.",
    ),
    "Twin": (
        r"[Tt]wins?",
        "One of the two sides of a model: written by hand in TensorFlow, or in Keras layers. Twins "
        "start from the same weights and see the same batches.",
    ),
    "Engine": (
        r"[Ee]ngines?",
        "How a model is run, and who walks its batches. By hand: "
        f"{_engines('raw')}. Keras: {_engines('keras')}.",
    ),
    "Raw": (
        r"[Rr]aw",
        "Written by hand in low-level TensorFlow: variables, matrix products, the loss and the "
        "update in sight. The other side is Keras.",
    ),
    "Arm": (
        r"[Aa]rms?",
        "One of the programs that are timed against one another: a model on one side, run by one "
        "engine, such as `raw step` or `keras fit`.",
    ),
    "Own loop": (
        r"[Oo]wn loops?",
        "A loop around Keras layers that is not Keras's but written by its user, in a dozen lines: "
        "a `GradientTape`, Keras's loss and optimizer in one graph a step (in tables `own_loop`), "
        "or a whole epoch of that in one graph (`own_epoch`).",
    ),
    "Lockstep": (
        r"[Ll]ockstep",
        "Both sides trained side by side, from the same weights over the same batches, and "
        "compared after every step, tensor by tensor.",
    ),
    "Exact mode": (
        r"[Ee]xact mode",
        "What is set so that equal programs give equal bits: every op sums in a fixed order, seeds "
        "are set, XLA is off. Proofs and accuracies run in it, times do not.",
    ),
    "Grappler": (
        r"Grappler",
        "TensorFlow's optimizer of graphs: it rewrites a traced graph before it is run.",
    ),
    "XLA": (
        r"XLA",
        "TensorFlow's compiler, which fuses the operations of a graph (`jit_compile=True`).",
    ),
    "Rung": (
        r"[Rr]ungs?",
        "A step of the ladder: one convenience of Keras more than on the rung below. What the pair "
        "differs by in time is the price of that convenience.",
    ),
    "Block": (
        r"[Bb]locks?",
        "Every program that is compared, timed twice in one turn: in an order drawn by lot, then "
        "in the same order backwards. A block gives one ratio; intervals are made of blocks. (In a "
        "ConvNet a block is also a convolution with its activation and pooling.)",
    ),
    "Control": (
        r"[Cc]ontrols?",
        "A program timed against its own copy (A/A). Where that ratio is not 1 the method is off "
        "by as much there and then, and a verdict has to hold by more.",
    ),
    "Noise floor": (
        r"[Nn]oise floors?",
        "How far a model drifts from itself when nothing but last bits change. A pair that cannot "
        "hold the same bits may drift so far, times a stated factor, and no further.",
    ),
    "Shaken": (
        r"[Ss]haken",
        "Of a run: every weight is moved by some ULP, up or down at random, at the start and after "
        "each step, as rounding would move it. The noise floor is made of shaken runs.",
    ),
}
"""Each term: what a page calls it, as a pattern, and what it means."""

# Where a link would not be one, or would change what is shown: fences, code, links, tags, tables.
_LEFT_ALONE = r"```.*?^```|`[^`\n]*`|!?\[[^\]\n]*\]\([^)\n]*\)|^[#<|][^\n]*$|<[^>\n]*>"


def anchor(term: str) -> str:
    """Return the place of a term in the glossary, as GitHub names it."""
    return term.lower().replace(" ", "-")


def glossary() -> str:
    """Return the page of all terms."""
    parts = ["# Glossary", "What the reports and the documentation mean by a word."]
    parts += [f"## {term}\n\n{meaning}" for term, (_, meaning) in TERMS.items()]
    return "\n\n".join(parts) + "\n"


def linked(text: str, target: str = FILE) -> str:
    """Return a page in Markdown whose first use of each term is a link to the glossary.

    Args:
        text: of the page; a term that is linked there already stays as it is.
        target: the path from the page to the glossary.

    >>> linked("0 ULP apart, or 1 ULP.")
    '0 [ULP](glossary.md#ulp) apart, or 1 ULP.'
    """
    named = "|".join(f"(?P<{_group(term)}>{pattern})" for term, (pattern, _) in TERMS.items())
    pattern = re.compile(rf"(?P<alone>{_LEFT_ALONE})|\b(?:{named})\b", re.DOTALL | re.MULTILINE)
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        if match["alone"]:
            seen.update(t for t in TERMS if f"{target}#{anchor(t)})" in match["alone"])
            return match[0]
        term = next(term for term in TERMS if match[_group(term)])
        if term in seen:
            return match[0]
        seen.add(term)
        return f"[{match[0]}]({target}#{anchor(term)})"

    return pattern.sub(link, text)


def _group(term: str) -> str:
    return anchor(term).replace("-", "_")
