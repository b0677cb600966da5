"""Whether a peer is the twins' program: after each step within the noise floor of Keras."""

from pathlib import Path
from typing import Any

from bench.peers.reference import Reference
from bench.peers.walked import Walked
from bench.proof.comparisons import Comparisons, Entry
from bench.proof.criteria import AFTER_STEP
from bench.proof.noise_floor import HEADROOM, NoiseFloor
from bench.timing.turns import Worker


def check(worker: Worker, reference: Reference, folder: Path) -> dict[str, Any]:
    """Let a worker's peer walk, and return what was found.

    Raises:
        WorkerFailed: it could not.
    """
    given, to = folder / "start.npz", folder / "walked.npz"
    if not given.exists():
        reference.start.save(given)
    worker.call("walk", given=str(given), to=str(to))
    return compared(Walked.load(to), reference)


def compared(walked: Walked, reference: Reference) -> dict[str, Any]:
    """Return whether all weights hold after each step, and where they lie farthest."""
    criterion = NoiseFloor(reference.shaken, reference.n_test)
    found, steps = Comparisons(criterion), len(reference.by_step)
    for number, (own, keras) in enumerate(zip(walked.by_step, reference.by_step, strict=True)):
        found.add_all(AFTER_STEP, own, keras, number + 1)
    # under the same name: its floor is that of the steps
    found.add_all(AFTER_STEP, walked.whole, reference.by_step[-1], steps)
    entries = found.entries()
    broken = [entry for entry in entries if not entry.holds]
    first = min(broken, key=lambda entry: entry.first_step or 0, default=None)
    return {
        "holds": not broken,
        "criterion": criterion.words,
        "steps": steps,
        "max_relative": max(entry.distance.max_relative for entry in entries),
        "why": _unlike(first, criterion) if first else "",
        "floors": _nearest(entries, criterion),
    }


def _unlike(entry: Entry, criterion: NoiseFloor) -> str:
    allowed = HEADROOM * criterion.floor(AFTER_STEP, entry.tensor, entry.first_step)
    return (
        f"not equal: {entry.tensor} lies {entry.distance.max_relative:.1e} of its largest from "
        f"Keras's, first beyond {allowed:.1e} at step {entry.first_step}"
    )


def _nearest(entries: tuple[Entry, ...], criterion: NoiseFloor) -> float:
    """Return the distance of the tensor that comes nearest to what is allowed, in floors."""
    return max(
        entry.distance.max_relative / criterion.floor(AFTER_STEP, entry.tensor) for entry in entries
    )
