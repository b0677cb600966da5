"""A line of decision for each kind of model: what Keras's layers and ``fit`` cost, what to do."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite

from bench.records.reading import ModelRecords, Record
from bench.render.markdown import escape, whole_percent
from bench.report import choice
from bench.report.settings import MANY
from bench.report.two_prices import in_one_loop
from bench.rounding import lean
from bench.specs import MODELS, ModelSpec
from bench.timing.prices import Price

KINDS: Mapping[str, Callable[[ModelSpec], bool]] = {
    "Perceptron-like": lambda spec: not spec.has_hidden_layers,
    "MLP-like": lambda spec: spec.has_hidden_layers and not spec.filters,
    "ConvNet-like": lambda spec: bool(spec.filters),
}
"""Which models stand for a kind, by their layers: none hidden, hidden ones, convolutions."""

LEAST = whole_percent(choice.WORTH_IT - 1)
Models = Mapping[str, ModelRecords]
Ladders = Mapping[str, Sequence[Record]]


def decisions(models: Models, ladders: Ladders) -> str:
    """Return a line for each kind of which a model was timed; nothing where none was.

    Args:
        models: what is known of each.
        ladders: the records of its ladder, for options of ``fit`` that win.
    """
    return "\n".join(f"- **{kind}:** {said}" for kind, said in _lines(models, ladders))


def _lines(models: Models, ladders: Ladders) -> Iterator[tuple[str, str]]:
    for kind, belongs in KINDS.items():
        own = {m: r for m, r in models.items() if m in MODELS and belongs(MODELS[m]) and _timed(r)}
        if own:
            names = escape(", ".join(own)) if len(own) <= MANY else f"{len(own)} models"
            yield f"{kind} ({names})", " ".join([*_costs(own), _what_to_do(own, ladders)])


def _timed(records: ModelRecords) -> bool:
    return choice.decision(records) != choice.UNKNOWN


def _costs(own: Models) -> list[str]:
    """Return both prices in a sentence; none where neither was measured."""
    layers, of_fit = zip(*(in_one_loop(records) for records in own.values()), strict=True)
    said = [f"Keras's layers take {cost} the same by hand"] if (cost := _cost(layers)) else []
    said += [f"`fit` takes {cost} an own loop around them"] if (cost := _cost(of_fit)) else []
    return [f"{'; '.join(said)}."] * bool(said)


def _cost(paid: Iterable[Price | None]) -> str:
    """Return a price over the models of a kind: the lowest to the highest end of its intervals."""
    ends = [each.times for each in paid if each and isfinite(each.times.high)]
    if not ends:
        return ""
    low, high = min(each.low for each in ends), max(each.high for each in ends)
    if high <= 1:
        return "no more time than"
    if low <= 1:
        most = f"{lean(high):.1f} times as long as"
        return f"at most {most if high >= 2 else f'{whole_percent(high - 1)} more time than'}"
    if high >= 2:
        return f"{_span(f'{lean(low):.1f}', f'{lean(high):.1f}')} times as long as"
    return f"{_span(whole_percent(low - 1), whole_percent(high - 1))} longer than"


def _span(low: str, high: str) -> str:
    """Return both ends, once where they read alike."""
    return high if low == high else f"{low.removesuffix(' %')} to {high}"


def _what_to_do(own: Models, ladders: Ladders) -> str:
    decided = {choice.decision(records) for records in own.values()}
    if len(decided) > 1:
        return "**What to do differs from model to model: see their pages.**"
    (decision,) = decided
    option = _option(own, ladders)
    first = f"try {option}, then " if option else ""
    return {
        choice.DOUBTFUL: "**Measure again: a control failed.**",
        choice.STAY: f"**Stay with `fit`: no way is faster by {LEAST} for sure.**",
        choice.OPTION: f"**Stay with `fit`, given {option or 'an option (see the pages)'}.**",
        choice.LEAVE: f"**Keep the layers; {first or 'leave `fit` for '}an own loop.**",
        choice.OPEN: "**By hand is faster than `fit`: by its loop or its layers was not timed.**",
        choice.BY_HAND: f"**{first.capitalize() or 'Keras costs time: '}write it by hand.**",
    }[decision]


def _option(own: Models, ladders: Ladders) -> str:
    """Return the option of ``fit`` that wins most in every model of a kind, if it is one."""
    names = {
        choice.option_name(records, next(iter(ladders.get(model, [])[-1:]), None))
        for model, records in own.items()
    }
    return f"`{escape(name)}`" if len(names) == 1 and (name := names.pop()) else ""
