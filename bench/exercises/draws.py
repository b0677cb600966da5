"""A gap that draws random numbers: what its draws are like, for no two have to be the same."""

from typing import NamedTuple

import numpy as np

from bench.exercises.beside import Pass
from bench.exercises.kinds import CLOSE, close
from bench.exercises.shows import UNSEEN, Show

DEVIATIONS = 5
"""Standard deviations of a share: beyond them lies one right gap in a million."""


class _Draw(NamedTuple):
    """What went into a gap, and what came out; zero where it is dropped."""

    into: np.ndarray
    out: np.ndarray
    batch: int

    @property
    def as_it_was(self) -> bool:
        return close(self.out, self.into)

    @property
    def kept(self) -> np.ndarray:
        return np.asarray(self.out != 0)


def drawn(ours: list[Pass], theirs: list[Pass], again: list[Pass]) -> Show | None:
    """Return how a dropout that was handed in is another than the solution's.

    Args:
        ours, theirs: what goes into the gap of either, and what comes out.
        again: ours with other seeds.
    """
    name = next(iter(set(theirs[0].before) & set(theirs[0].after)))
    if len(ours) < len(theirs) or not all(name in p.after for p in (*ours, *again)):
        return Show(UNSEEN, name)  # its code failed
    each = [_draws(passes, name) for passes in (ours, theirs, again)]
    mine, right, more = each
    if len(mine) < len(ours):
        return Show("no-number", name)
    kind = next((k for a, b in zip(mine, right, strict=False) if (k := _otherwise(a, b))), "")
    drawing = [n for n, draw in enumerate(right) if not draw.as_it_was]
    kind = kind or _of_masks(*([draws[n] for n in drawing] for draws in (mine, right, more)))
    return Show(kind, name) if kind else None


def _draws(passes: list[Pass], name: str) -> list[_Draw]:
    found = ((p.before[name], p.after[name], p.batch) for p in passes)
    return [_Draw(a, b, n) for a, b, n in found if a is not None and b is not None]


def _otherwise(mine: _Draw, right: _Draw) -> str:
    """Return that a tensor has another shape, or goes through as it is where it should not."""
    if mine.out.shape != mine.into.shape:
        return "shape"
    if mine.as_it_was == right.as_it_was:
        return ""
    kind = "unchanged" if mine.as_it_was else "changed"
    return kind if right.batch else f"{kind}-in-prediction"


def _of_masks(mine: list[_Draw], right: list[_Draw], more: list[_Draw]) -> str:
    kept = [draw.kept for draw in mine]
    if any(len(mask) > 1 and (mask == mask[:1]).all() for mask in kept):
        return "nothing-drawn" if all(mask.all() for mask in kept) else "drawn-together"
    again = any(np.array_equal(a, b.kept) for a, b in zip(kept, more, strict=False))
    return "drawn-once" if again or _repeats(kept) else _of_numbers(mine, right)


def _repeats(kept: list[np.ndarray]) -> bool:
    """Return whether a step drops what the one before it dropped."""
    whole, rest = kept[: len(kept) // 2], kept[len(kept) // 2 :]
    return any(np.array_equal(a[: len(b)], b) for a, b in zip(whole, rest, strict=False))


def _of_numbers(mine: list[_Draw], right: list[_Draw]) -> str:
    ours, solved = _share(mine), _share(right)
    count = sum(draw.out.size for draw in mine)
    if abs(ours - solved) > DEVIATIONS * np.sqrt(2 * solved * (1 - solved) / count):
        return "share"
    ratios, theirs = _ratios(mine), _ratios(right)
    if np.ptp(ratios) > CLOSE * np.abs(ratios).max():
        return "not-scaled-alike"
    return "" if np.isclose(ratios[0], theirs[0], rtol=CLOSE) else "scale"


def _share(draws: list[_Draw]) -> float:
    """Return which share of the numbers is kept."""
    return float(np.mean(np.concatenate([draw.kept.ravel() for draw in draws])))


def _ratios(draws: list[_Draw]) -> np.ndarray:
    """Return what the numbers that are kept are multiplied by."""
    return np.concatenate([(draw.out / draw.into)[draw.kept] for draw in draws])
