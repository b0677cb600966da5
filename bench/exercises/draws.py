"""A gap that draws random numbers: what its draws are like, for no two have to be the same."""

import numpy as np

from bench.exercises.beside import Pass
from bench.exercises.kinds import CLOSE
from bench.exercises.shows import UNSEEN, Show

DEVIATIONS = 5
"""Standard deviations of a share: beyond them lies one right gap in a million."""


def drawn(ours: list[Pass], theirs: list[Pass], again: list[Pass]) -> Show | None:
    """Return how a dropout that was handed in is another than the solution's.

    Args:
        ours, theirs: what goes into the gap of either, and what comes out.
        again: ours with other seeds.
    """
    name = next(iter(set(theirs[0].before) & set(theirs[0].after)))
    if len(ours) < len(theirs) or not all(name in p.after for p in (*ours, *again)):
        return Show(UNSEEN, name)  # its code failed
    pairs = [(p.before[name], p.after.get(name)) for p in ours]
    for into, out in pairs:
        if out is None or into is None:
            return Show("no-number", name)
        if out.shape != into.shape:
            return Show("shape", name, f"{out.shape}, not {into.shape}")
    kept = [out != 0 for _, out in pairs]
    if any(len(mask) > 1 and (mask == mask[:1]).all() for mask in kept):
        return Show("nothing-drawn" if all(m.all() for m in kept) else "drawn-together", name)
    more = [p.after[name] != 0 for p in again]
    if any(np.array_equal(a, b) for a, b in zip(kept, more, strict=False)) or _repeats(kept):
        return Show("drawn-once", name)
    return _of_numbers(name, pairs, [(p.before[name], p.after[name]) for p in theirs])


def _repeats(kept: list[np.ndarray]) -> bool:
    """Return whether a step drops what the one before it dropped."""
    whole, rest = kept[: len(kept) // 2], kept[len(kept) // 2 :]
    return any(np.array_equal(a[: len(b)], b) for a, b in zip(whole, rest, strict=False))


def _of_numbers(name: str, pairs: list, right: list) -> Show | None:
    mine, solved = _share(pairs), _share(right)
    count = sum(out.size for _, out in pairs)
    if abs(mine - solved) > DEVIATIONS * np.sqrt(2 * solved * (1 - solved) / count):
        return Show("share", name)
    ratios = [np.concatenate([(out / into)[out != 0] for into, out in each])
              for each in (pairs, right)]  # fmt: skip
    if np.ptp(ratios[0]) > CLOSE * np.abs(ratios[0]).max():
        return Show("not-scaled-alike", name)
    return None if np.isclose(ratios[0][0], ratios[1][0], rtol=CLOSE) else Show("scale", name)


def _share(pairs: list) -> float:
    """Return which share of the numbers is kept."""
    return float(np.mean(np.concatenate([(out != 0).ravel() for _, out in pairs])))
