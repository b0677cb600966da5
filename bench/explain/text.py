"""The explanation of a model on the terminal: two columns where there is room, else one."""

import textwrap
from collections.abc import Iterator, Mapping

from bench.explain.chapter import NOT_RUN, summary
from bench.explain.concept import Concept, code
from bench.explain.concepts import concepts_of
from bench.explain.excerpts import size
from bench.faults.words import FAULTS, baseline, listed, told
from bench.records.reading import Record
from bench.specs import ModelSpec

ROOM = 150
"""Columns of a terminal from which the two codes stand side by side."""


def explanation(spec: ModelSpec, faults: Mapping[str, Record], width: int) -> Iterator[str]:
    """Yield the lines of every concept of a model."""
    concepts = concepts_of(spec)
    yield f"{spec.name}: {spec.summary}"
    yield from textwrap.wrap(summary(concepts), min(width, 100))
    for record in list(faults.values())[:1]:
        yield from textwrap.wrap(f"Planted faults. {baseline(record)}", min(width, 100))
    for concept in concepts:
        keras, raw = size(concept.keras), size(concept.raw)
        yield ""
        yield f"== {concept.name}: Keras {keras.lines} lines, by hand {raw.lines} =="
        yield f"   {concept.formula}"
        yield from _codes(concept, width)
        yield from _written_out(concept, spec)
        yield from _said("hidden", concept.hidden, width)
        for fault in listed(concept.faults, spec, faults):
            yield from _said("wrong", _fault(fault, spec, faults), width)


def _codes(concept: Concept, width: int) -> Iterator[str]:
    keras, raw = code(concept.keras) or concept.no_line, code(concept.raw)
    if width < ROOM:
        for title, text in (("Keras", keras), ("by hand", raw)):
            yield f"-- {title}"
            yield from text.splitlines()
        return
    half = (width - 3) // 2
    left = _fitted(f"-- Keras\n{keras}", half)
    right = _fitted(f"-- by hand\n{raw}", half)
    for number in range(max(len(left), len(right))):
        one, other = (side[number] if number < len(side) else "" for side in (left, right))
        yield f"{one:<{half}} | {other}".rstrip()


def _written_out(concept: Concept, spec: ModelSpec) -> Iterator[str]:
    """Yield the code that the dials choose only where they are turned."""
    if concept.written_out:
        dials = "--kernels primitive --gradients manual"
        yield f"-- written out; runs with gvk parity {spec.name} {dials}"
        yield from code(concept.written_out).splitlines()


def _fitted(text: str, width: int) -> list[str]:
    """Return the lines of a text, long ones broken and set in."""
    return [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, width, subsequent_indent="        ", drop_whitespace=False)
        or [""]
    ]


def _said(what: str, words: str, width: int) -> list[str]:
    return textwrap.wrap(f"{what}: {words}", min(width, 100), subsequent_indent="        ")


def _fault(name: str, spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    if name in faults:
        return told(faults[name])
    return f"{FAULTS[name]} ({NOT_RUN.format(model=spec.name).replace('`', '')})"
