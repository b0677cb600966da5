"""Hypotheses about a whole epoch: batches left out, orders, what changes from epoch to epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from bench.diagnose import causes_average
from bench.diagnose.causes_schedule import walked
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.epochs import Excerpt, Walk, reference_walk
from bench.diagnose.floor import FACTOR, ROUNDINGS, Floor, distance
from bench.diagnose.pair import leaves, rows
from bench.diagnose.programs import Weighted
from bench.diagnose.stand import Stand

SORTED = 3.0  # batches of shuffled data have a spread of means near 1


@dataclass
class EpochScene:
    """A walk of the loop beside what ``fit`` would do.

    Attributes:
        plan: the batches of one epoch of the reference's fit.
    """

    stand: Stand
    floor: Floor
    data: Excerpt
    walk: Walk
    plan: list[np.ndarray]

    def batches(self, which: list[np.ndarray]) -> list[tuple[Any, Any]]:
        """Return x and y of batches given by their samples."""
        data = self.data

        def targets(i: np.ndarray) -> Any:
            y = rows(data.y, i)
            return y if data.weight is None else Weighted((y, data.weight[i]))

        return [(rows(data.x, i), targets(i)) for i in which]

    def in_order(self) -> list[np.ndarray]:
        """Return the batches of all epochs of the reference's fit."""
        return self.plan * self.data.epochs

    def apart(self, ours: list[np.ndarray], theirs: list[np.ndarray], noise: list[float]) -> bool:
        """Return whether two sets of weights differ by more than noise."""
        return any(
            not distance(a, b) <= FACTOR * m + ROUNDINGS * self.floor.eps * np.linalg.norm(b) * 4
            for a, b, m in zip(ours, theirs, noise, strict=True)
        )

    def noise(self, batches: list[tuple[Any, Any]], plain: list[np.ndarray]) -> list[float]:
        """Return how far shaken weights drift over batches."""
        rng = np.random.default_rng(3)
        start = [
            (w * (1 + 4 * self.floor.eps * rng.uniform(-1, 1, w.shape))).astype(w.dtype)
            if w.dtype.kind == "f"
            else w
            for w in self.stand.start
        ]
        shaken = reference_walk(self.stand, batches, start=start)[-1]
        return [distance(a, b) for a, b in zip(shaken, plain, strict=True)]


def plan_cause(scene: EpochScene) -> Cause | None:
    """Return what is wrong with the loop's batches themselves, orders apart.

    Every row that was fed is one of the data's.
    """
    return _misfit(scene) or _miscount(scene)


def _miscount(scene: EpochScene) -> Cause | None:
    """Return that some samples come too often, too seldom, or in batches of another size."""
    data, batches = scene.data, scene.walk.batches
    if runs_on(batches, data.n) and not runs_on(scene.in_order(), data.n):
        return run_on(data, sum(map(len, batches)))
    seen, expected = (
        np.bincount(np.concatenate(b), minlength=data.n) if b else np.zeros(data.n)
        for b in (batches, scene.in_order())
    )
    rest, whole = data.n % data.batch_size, all(len(b) == data.batch_size for b in batches)
    dropped = seen.sum() == (data.n - rest) * data.epochs
    if rest and whole and dropped and expected.sum() == data.n * data.epochs:
        return last_batch_dropped(data)
    if seen.sum() != expected.sum():
        return _counted(scene, seen, expected)
    return _chosen(data, seen, expected) or _sized(scene)


def _chosen(data: Excerpt, seen: np.ndarray, expected: np.ndarray) -> Cause | None:
    """Return that as many samples as fit takes are others, or some of them more than once."""
    partly = expected.min() == 0
    if partly and not np.array_equal(seen > 0, expected > 0):
        return _plan(
            "other-samples",
            f"the loop trains on {int((seen > 0).sum())} of the samples, fit on others of the "
            f"{data.n}",
            "keep the same samples back",
        )
    if seen.max() == (seen[seen > 0] if partly else seen).min():
        return None
    return _plan(
        "with-replacement",
        "the batches are drawn with replacement: in an epoch some samples "
        f"come {int(seen.max())} times, some {int(seen.min())}",
        "walk through a permutation of the data each epoch",
    )


def _sized(scene: EpochScene) -> Cause | None:
    data, largest = scene.data, max(map(len, scene.walk.batches), default=0)
    if largest == data.batch_size or data.n <= data.batch_size:
        return None
    return _plan(
        "batch-size",
        f"the loop's batches have {largest} samples, fit's {data.batch_size}",
        f"batch_size = {data.batch_size}",
    )


def _counted(scene: EpochScene, seen: np.ndarray, expected: np.ndarray) -> Cause:
    """Return that the loop trains on more or fewer samples than the reference's fit."""
    data, split = scene.data, scene.stand.pair.fit.get("validation_split")
    held = int((expected == 0).sum())
    if split and held and seen.min() > 0:
        return _plan(
            "validation-split",
            f"fit holds the last {held} of {data.n} samples back (validation_split={split:g}), the "
            "loop trains on all of them",
            f"x, y = x[:{data.n - held}], y[:{data.n - held}]",
        )
    return _plan(
        "epoch-count",
        f"the loop takes {len(scene.walk.batches)} batches with {int(seen.sum())} samples, "
        f"fit {len(scene.in_order())} with {int(expected.sum())}",
        "go through the same data once an epoch",
    )


def runs_on(batches: list[np.ndarray], n: int) -> bool:
    """Return whether a batch begins in one pass through all samples and ends in the next.

    >>> runs_on([np.array([0, 1]), np.array([2, 0]), np.array([1, 2])], 3)
    True
    >>> runs_on([np.array([0, 1]), np.array([2]), np.array([0, 1])], 3)
    False
    """
    ends = np.cumsum([len(b) for b in batches])
    stream = np.concatenate(batches) if batches else np.zeros(0, int)
    passes = [stream[i : i + n] for i in range(0, len(stream) - n + 1, n)]
    whole = bool(passes) and all(len(set(p.tolist())) == n for p in passes)
    return whole and any(end not in ends for end in range(n, len(stream), n))


def run_on(data: Excerpt, samples: int) -> Cause:
    """Return the cause that the batches take no notice of where an epoch ends."""
    rest, lost = data.n % data.batch_size, data.n * data.epochs - samples
    return _plan(
        "batches-across-epochs",
        "batches run on across the end of an epoch (repeat before batch): the first of the next "
        f"epoch's samples fill up its last one; fit ends each epoch with a batch of {rest}"
        + (f", and {lost} samples of the last epoch are left out" if lost > 0 else ""),
        "dataset.batch(batch_size).repeat(epochs)",
    )


def last_batch_dropped(data: Excerpt) -> Cause:
    """Return the cause that an epoch's smaller last batch is left out."""
    rest = data.n % data.batch_size
    return _plan(
        "last-batch-dropped",
        "the last, partial batch of each epoch is never trained on: "
        f"{rest} of {data.n} samples are dropped (len(x) // batch_size batches)",
        "go through ceil(n / batch_size) batches: range(0, len(x), batch_size)",
    )


def _plan(name: str, words: str, remedy: str) -> Cause:
    return Cause(name, words, remedy, Cure("the reference trained on the loop's own batches"))


def _misfit(scene: EpochScene) -> Cause | None:
    """Return that samples meet the targets of others."""
    for samples, (_, y) in zip(scene.walk.batches, scene.walk.fed, strict=True):
        theirs = [np.asarray(t)[samples] for t in leaves(scene.data.y)]
        for ours, right in zip(leaves(y), theirs, strict=False):
            given = np.asarray(ours)
            if given.size == right.size and not np.allclose(given.ravel(), right.ravel()):
                return _plan(
                    "targets-mixed",
                    "samples are trained on the targets of others: x and y are shuffled apart",
                    "take x and y by one and the same permutation",
                )
    return None


def is_in_order(scene: EpochScene) -> bool:
    """Return whether the loop takes the data as it lies."""
    epoch = scene.walk.batches[: len(scene.plan)]
    return bool(epoch) and bool(np.all(np.diff(np.concatenate(epoch)) == 1))


def sortedness(y: Any, batch_size: int) -> float:
    """Return the spread of the batches' mean targets against that of shuffled data, near 1.

    >>> round(sortedness(np.repeat([0, 1], 64), 32))
    32
    """
    target = np.asarray(leaves(y)[0])
    if target.ndim == 1 and target.dtype.kind in "iu" and len(np.unique(target)) < 100:
        target = np.eye(len(np.unique(target)))[np.unique(target, return_inverse=True)[1]]
    flat = target.reshape(len(target), -1).astype("f8")
    n = len(flat) // batch_size
    if n < 2 or not flat.var(0).sum():
        return 1.0
    means = flat[: n * batch_size].reshape(n, batch_size, -1).mean(1)
    return float(((means - flat.mean(0)) ** 2).sum(1).mean() * batch_size / flat.var(0).sum())


def within_epoch(scene: EpochScene, first: int) -> Iterator[Cause]:
    """Yield what may change from epoch to epoch, where the batches are the same."""
    steps = len(scene.plan)

    def reset(program: Any, before: Any, step: int) -> None:
        _ = before
        if (step + 1) % steps == 0:
            for variable in program.thing.optimizer.variables:
                if "learning_rate" not in variable.path:
                    variable.assign(np.zeros(variable.shape, variable.dtype))

    if first + 1 == len(scene.walk.batches):  # at the very end alone
        yield from causes_average.causes(scene.stand)
    if first % steps == 0:
        yield Cause(
            "optimizer-reset",
            "the optimizer's state is started anew at each epoch",
            "make the optimizer once, before the loop over the epochs",
            Cure("the reference's optimizer reset after each epoch", after_step=reset),
        )
    yield from _schedules(scene, steps)
    yield _sums_kept()


def _sums_kept() -> Cause:
    """Return that what is gathered over some steps is not set back once it is used."""

    def empty(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        moved = [not np.array_equal(a, b) for a, b in zip(before, program.read(), strict=True)]
        weights = {id(v) for v in program.variables} | {
            id(getattr(v, "value", v)) for v in program.variables
        }
        shapes = {b.shape for b, m in zip(before, moved, strict=True) if m}
        for variable in program.born.variables:
            if id(variable) not in weights and tuple(variable.shape) in shapes:
                variable.assign(np.zeros(variable.shape, variable.dtype.as_numpy_dtype))

    return Cause(
        "sums-kept",
        "what is gathered over some steps (gradient accumulation) is not set back to zero after an "
        "update: each update takes all the steps before it along",
        "for s in sums: s.assign(tf.zeros_like(s))",
        Cure("the loop's sums set back to zero whenever its weights have moved", after_step=empty),
        on="loop",
        omission=True,
    )


def _schedules(scene: EpochScene, steps: int) -> Iterator[Cause]:
    model = scene.stand.first["reference"].thing
    schedule = getattr(getattr(model, "optimizer", None), "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return
    decay = int(getattr(schedule, "decay_steps", 1) or 1)
    name = type(schedule).__name__
    for words, way in (
        ("is decayed once an epoch", lambda step: step // steps * decay),
        (
            "is decayed once an epoch, by the epoch's number of steps",
            lambda step: step // steps * steps,
        ),
        ("takes the number of the epoch for that of the step", lambda step: step // steps),
    ):
        yield Cause(
            "schedule-epoch",
            f"the loop's learning rate {words}; the reference's schedule ({name}) decays "
            "it every step",
            f"compute the rate from the step: {name}(...)(optimizer.iterations)",
            walked(schedule, way, f"the reference's schedule, but one that {words}"),
            value=float(schedule(0)),
        )
