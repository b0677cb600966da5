"""The fairness audit: what both sides of a ratio have in common, read from the live objects.

No audit, no ratio. What has to be equal and is not stops the measurement. What differs because
it is the very thing that is measured is named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from bench.errors import NotVerified
from bench.host import gpu
from bench.specs import ENGINES
from bench.twins import Engine, Fit

Facts = dict[str, Any]

MEASURED = {
    "loop": "who walks the batches: what the engines are compared for",
    "data": "where the batches come from at each step",
    "metrics": "what is worked out at each step besides the training itself",
    "callbacks": "what is called back at each step and epoch",
}
"""What may differ, and why that is no unfairness."""


@dataclass(frozen=True)
class Finding:
    """A fact of every arm: the same on all of them, or named as what is measured."""

    fact: str
    values: dict[str, str]
    measured: str = ""

    @property
    def equal(self) -> bool:
        """Whether all arms have the same value."""
        return len(set(self.values.values())) == 1

    @property
    def fair(self) -> bool:
        """Whether the arms are equal in it, or it is what is measured."""
        return self.equal or bool(self.measured)


def facts_of(engine: Engine | Fit, name: str, batch_size: int, samples: int) -> Facts:
    """Return the facts of one arm.

    Args:
        engine: what trains it.
        name: of the engine, as in ``bench.specs``.
        batch_size, samples: of an epoch.
    """
    fits = ENGINES[name].fits
    own = _keras_facts(engine, fits) if isinstance(engine, Fit) else _raw_facts(engine)
    return own | {
        "loop": ENGINES[name].loop,
        "data": "on the device" if ENGINES[name].whole_epoch else "from the host",
        "batch size": batch_size,
        "samples an epoch": samples,
        "last batch": samples % batch_size or batch_size,
        "shuffling": "a new permutation each epoch",
        "validation": "none",
        **process_facts(),
    }


def process_facts() -> Facts:
    """Return what holds for everything that runs in this process."""
    threading = tf.config.threading
    return {
        "op determinism": _determinism(),
        "threads": f"inter-op {threading.get_inter_op_parallelism_threads() or 'auto'}, "
        f"intra-op {threading.get_intra_op_parallelism_threads() or 'auto'}",
        "device": gpu.kind(),
        **gpu.process_facts(),
    }


def audit(arms: Mapping[str, Facts]) -> list[Finding]:
    """Return a finding for each fact.

    Raises:
        NotVerified: the arms differ in something that is not what is measured.
    """
    facts = dict.fromkeys(fact for of_arm in arms.values() for fact in of_arm)
    findings = [
        Finding(fact, {arm: str(own[fact]) for arm, own in arms.items()}, MEASURED.get(fact, ""))
        for fact in facts
    ]
    if unfair := [finding for finding in findings if not finding.fair]:
        raise NotVerified(f"the arms are not alike, so no ratio is given: {_in_words(unfair)}")
    return findings


def _raw_facts(engine: Engine) -> Facts:
    weights = engine.get_weights()
    floats = [value for value in weights.values() if value.dtype.kind == "f"]
    return {
        "variables": _total(value.size for value in weights.values()),
        "dtype": ", ".join(sorted({str(value.dtype) for value in floats})),
        "input dtype": engine.signature.dtype,
        "xla": engine.xla,
        "metrics": "mean loss of the epoch, after its last step",
        "callbacks": "none",
    }


def _keras_facts(engine: Fit, fits: bool) -> Facts:
    model = engine.model
    weights = engine.get_weights()
    floats = [value for value in weights.values() if value.dtype.kind == "f"]
    compiled = [metric.name for metric in model.metrics if metric.name != "loss"]
    return {
        "variables": _total(value.size for value in weights.values()),
        "dtype": ", ".join(sorted({str(value.dtype) for value in floats})),
        "input dtype": str(keras.backend.standardize_dtype(model.inputs[0].dtype)),
        "xla": bool(model.jit_compile),
        "metrics": ", ".join(["loss tracker" if fits else "loss", *compiled]),
        "callbacks": "History" if fits else "none",
    }


def _total(sizes: Iterable[int]) -> str:
    return f"{sum(sizes):,}"


def _determinism() -> str:
    from tensorflow.python.framework import config  # the only place that tells

    return "on" if config.is_op_determinism_enabled() else "off"


def _in_words(findings: list[Finding]) -> str:
    return "; ".join(
        f"{f.fact} ({', '.join(f'{arm}: {value}' for arm, value in f.values.items())})"
        for f in findings
    )
