"""Each point of a law is proved before it is timed: a few steps in lockstep, on little data."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from bench.data.datasets import Dataset, Split
from bench.data.for_model import dataset_for
from bench.law.points import TIMED, Point
from bench.proof.lockstep import CheckedPair, Parity, check_engines
from bench.proof.proving import proofs
from bench.records.writing import Store
from bench.specs import Config

RAW_ENGINES = tuple(name for impl, name in TIMED if impl == "raw")
Walks = Sequence[tuple[str, Sequence[str]]]
WALKS: Walks = (("fit", RAW_ENGINES), ("own_loop", RAW_ENGINES[:1]))
"""Every raw engine behind ``fit``, then one of them behind Keras's other engine."""
LARGE_BATCH = 1024
"""From there on a single step is proof enough: it holds as many samples as many small ones."""
TEST_SAMPLES = 256


def config_at(config: Config, point: Point) -> Config:
    """Return the dials of a model at a point."""
    return config.but(batch_size=point.batch_size, width=point.width, epochs=1)


def prove_point(
    store: Store,
    exact: ProcessPoolExecutor,
    config: Config,
    dataset: str,
    limit: int | None,
    walks: Walks | None = None,
) -> list[Parity]:
    """Return a proof of each engine at a config, from the store where they are there already.

    Args:
        store: where the proofs go.
        exact: a process that may be put into exact mode.
        config: the dials, batch size and width those of the point.
        dataset, limit: what is trained on, as ``bench.data.for_model.dataset_for`` takes it.
        walks: engines of Keras, and the raw engines behind each; those of the law by default.
    """
    walk = partial(_walk, dataset=dataset, limit=limit)
    return [
        proof
        for keras_engine, engines in walks or WALKS
        for _, proof in proofs(store, exact, config.but(keras_engine=keras_engine), engines, walk)
    ]


def pairs_of(proved: list[Parity]) -> dict[str, CheckedPair]:
    """Return what may be timed, by the name of its arm."""
    pairs = [CheckedPair(proof) for proof in proved]
    raw = {f"raw {p.config.engine}": p for p in pairs if p.config.keras_engine == "fit"}
    return raw | {f"keras {p.config.keras_engine}": p for p in pairs}


def _walk(config: Config, engines: Sequence[str], dataset: str, limit: int | None) -> list[Parity]:
    steps = 1 if config.batch_size >= LARGE_BATCH else 2
    data = _little(dataset_for(config.spec, dataset, limit), steps * config.batch_size)
    return list(check_engines(config, engines, data, steps))


def _little(dataset: Dataset, samples: int) -> Dataset:
    """Return so many training samples, repeated where there are fewer, and a few to test on."""
    train, test = dataset.train, dataset.test
    places = np.arange(samples) % len(train)
    return replace(
        dataset,
        train=Split(train.x[places], train.y[places]),
        test=Split(test.x[:TEST_SAMPLES], test.y[:TEST_SAMPLES]),
    )
