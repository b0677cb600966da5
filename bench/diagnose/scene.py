"""What a hypothesis is made from: both runs, where they part, and the parts of both programs."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np

from bench.diagnose.align import Alignment
from bench.diagnose.floor import Floor, Quantity
from bench.diagnose.layers import flat_layers
from bench.diagnose.pair import leaves
from bench.diagnose.programs import KerasProgram, Weighted
from bench.diagnose.spot import Spot
from bench.diagnose.stand import REFERENCE, Run, Stand


@dataclass(frozen=True)
class Scene:
    """Two runs and the spot at which they part."""

    stand: Stand
    floor: Floor
    ours: Run
    theirs: Run
    spot: Spot

    @property
    def step(self) -> int:
        """The step at which they part; 0 for what comes after the steps."""
        return self.spot.step if self.spot.step < len(self.theirs.losses) else 0

    @property
    def align(self) -> Alignment | None:
        """The step's tensors, matched."""
        return self.spot.align

    @property
    def model(self) -> keras.Model | None:
        """The reference's Keras model, if it is one."""
        program = self.theirs.program
        return program.thing if isinstance(program, KerasProgram) else None

    @property
    def sizes(self) -> dict[str, float]:
        """Numbers of this pair that a factor may be, by what they are."""
        batch = self.stand.batches[self.step]
        y = leaves(batch[1][0] if isinstance(batch[1], Weighted) else batch[1])[0]
        by_name = {"the batch size": float(len(y))}
        outputs = self._n_outputs()
        if outputs > 1:
            by_name |= {
                "the number of outputs": float(outputs),
                "batch size times outputs": float(len(y) * outputs),
            }
        return by_name | {
            "two": 2.0,
            "the number of training samples": float(len(self.stand.pair.data)),
        }

    def _n_outputs(self) -> int:
        predictions = self.theirs.predictions
        shape = predictions[0].shape if predictions else ()
        return int(np.prod(shape[1:])) if len(shape) > 1 else 1

    def gradients(self) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray, float]]:
        """Yield (variable, ours, theirs, weight, tolerance) of the step's gradients."""
        before = self.theirs.weights[self.step]
        pairs = zip(self.ours.gradients[self.step], self.theirs.gradients[self.step], strict=True)
        for i, (ours, theirs) in enumerate(pairs):
            if ours is not None and theirs is not None:
                tolerance = self.floor.tolerance(Quantity("gradient", self.step, i))
                yield i, ours, theirs, before[i], tolerance

    def layer_name(self, i: int) -> str:
        """Return what one of the reference's layers is called."""
        return str(flat_layers(self.stand.first[REFERENCE].thing)[i].name)

    def name(self, i: int) -> str:
        """Return what a weight is called."""
        variable = self.stand.first[REFERENCE].variables[i]  # names count up with every build
        return str(getattr(variable, "path", None) or getattr(variable, "name", f"weight {i}"))
