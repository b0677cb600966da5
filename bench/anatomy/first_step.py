"""From ``import`` to the first training step in an interpreter of its own, timed on the way.

Run as ``python -m bench.anatomy.first_step IMPL CONFIG``; prints one line of JSON. Nothing heavy is
imported at the top: the import is the first thing that is timed.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.host import gpu
from bench.specs import Config

STEPS = 20
"""After which memory is read: enough that a step gives back what the one before took."""

Step = Callable[..., object]


def main(impl: str, config: str) -> None:
    """Go from nothing to some steps of one side; print what each part took and what a step is."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    gpu.before_start()
    seconds, memory = {}, {}
    seconds["import"] = wall_seconds(partial(import_side, impl))
    memory["imported"] = resident_mib()
    side = SIDES[impl](Config.from_dict(json.loads(config)))
    for phase in ("build", "trace", "first_step", "second_step"):
        seconds[phase] = wall_seconds(getattr(side, phase))
        memory[phase] = resident_mib()
    for _ in range(STEPS - 2):
        side.second_step()
    memory["steps"] = resident_mib()
    costs = {"seconds": seconds, "resident_mib": memory, "gpu_mib": gpu.peak_mib()}
    print(json.dumps(costs | what_a_step_is(side)))


def what_a_step_is(side: "Raw") -> dict[str, Any]:
    """Return operations, arithmetic and kernels of a step; nothing is timed after this."""
    from bench.anatomy import traced

    concrete = side.concrete()
    return {
        "operations": {
            "before": traced.operations(concrete.graph.as_graph_def()),
            "after": traced.operations(traced.after_grappler(concrete)),
        },
        "flops": traced.flops(concrete, side.config.batch_size),
        "kernels": traced.xla_kernels(side.plain_step(), side.batch),
    }


def import_side(impl: str) -> None:
    """Import what a program of one side imports."""
    import tensorflow as tf

    if impl == "keras":
        import keras

        keras.Model  # noqa: B018 - Keras loads parts of itself when they are first asked for
    tf.constant(0)  # the devices start with the first tensor


class Raw:
    """The hand-written side, in its engine ``step``."""

    def __init__(self, config: Config) -> None:
        from bench import twins

        self.twins, self.config = twins, config.but(engine="step", xla=False)
        self.batch = drawn_batch(self.config)

    def build(self) -> None:
        """Draw the weights, make model and optimizer."""
        weights = self.twins.initial_weights(self.config)
        self.engine: Any = self.twins.raw_engine(self.config, weights)

    def trace(self) -> None:
        """Make the graph of a step."""
        self.concrete()

    def first_step(self) -> None:
        """Take a step and wait for it."""
        float(self.engine.train_on_batch(*self.batch))

    second_step = first_step

    def concrete(self) -> Any:
        """Return the traced step."""
        return self.engine.step.get_concrete_function()

    def plain_step(self) -> Step:
        """Return the step as a Python function: a traced one leaves the batch size open to XLA."""
        weights = self.twins.initial_weights(self.config)
        eager: Any = self.twins.raw_engine(self.config.but(engine="eager"), weights)
        return eager.step


class Keras(Raw):
    """The Keras side, in ``fit``."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        from bench.anatomy.traced import fit_function
        from keras_impl.batches import open_batches

        self.fit_function = fit_function
        self.config = config.but(keras_engine="fit", xla=False)
        self.data = open_batches(*self.batch, len(self.batch[0]))

    def build(self) -> None:
        """Make and compile the model; it draws its weights by itself."""
        self.engine = self.twins.keras_engine(self.config, None)

    def first_step(self) -> None:
        """Fit a batch."""
        self.engine.train_on_batch(*self.batch)

    second_step = first_step

    def concrete(self) -> Any:
        """Return the traced step of ``fit``; the optimizer's variables are made with it."""
        return self.fit_function(self.engine.model).get_concrete_function(iter(self.data))

    def plain_step(self) -> Step:
        """Return Keras's own ``train_step`` as a function of a batch."""
        return lambda *batch: self.engine.model.train_step(batch)


SIDES: dict[str, type[Raw]] = {"raw": Raw, "keras": Keras}


def drawn_batch(config: Config) -> tuple[Any, Any]:
    """Return a batch drawn from a seed: what stands in it changes no cost, and loading would."""
    import numpy as np

    from bench.data.datasets import Split
    from bench.twins import inputs_and_targets

    rng, spec = np.random.default_rng(config.seed), config.spec
    x = rng.random((config.batch_size, math.prod(spec.input_shape))).astype(np.float32)
    labels = rng.integers(0, max(2, spec.n_outputs), config.batch_size)
    return inputs_and_targets(config, Split(x, labels))


def wall_seconds(work: Step) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def resident_mib() -> float:
    """Return the most memory that the process has had so far, in MiB.

    On Linux from ``VmHWM``, which counts from the start of this program: ``ru_maxrss`` is handed
    down from whatever process started it, and tells that one's memory where it had more.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main(*sys.argv[1:])
