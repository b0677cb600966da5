"""What the usual means say of a pair, to hold a diagnosis against."""

from typing import Any

import numpy as np

from bench.diagnose.floor import Floor, Quantity
from bench.diagnose.pair import leaves
from bench.diagnose.stand import MAX_TEST_ROWS, Run, Stand


def usual_means(stand: Stand, floor: Floor, ours: Run, theirs: Run) -> dict[str, Any]:
    """Return accuracies, whether predictions are close as NumPy sees it, and the first variable
    that differs after the first step.
    """
    said: dict[str, Any] = {}
    if ours.predictions and theirs.predictions:
        a, b = ours.predictions[0], theirs.predictions[0]
        said["allclose"] = bool(a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-5))
        labels = np.asarray(leaves(stand.pair.data.y_test)[0])[:MAX_TEST_ROWS]
        if labels.dtype.kind in "iu" and a.ndim == b.ndim == 2 and labels.ndim == 1:
            said["accuracies"] = [float(np.mean(p.argmax(1) == labels)) for p in (a, b)]
    pairs = enumerate(zip(ours.weights[1], theirs.weights[1], strict=True))
    apart = [i for i, (x, y) in pairs if floor.apart(Quantity("weight", 0, i), x, y)]
    names = [getattr(v, "path", getattr(v, "name", "")) for v in stand.first["reference"].variables]
    said["first variable"] = str(names[apart[0]]) if apart else None
    return said
