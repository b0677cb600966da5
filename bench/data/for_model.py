"""The data set that a model trains on: loaded by name, its two digits taken out, cut short."""

from typing import Any

from bench.data.datasets import Dataset, load
from bench.specs import ModelSpec


def dataset_for(spec: ModelSpec, name: str = "auto", limit: int | None = None) -> Dataset:
    """Return a data set as a model sees it.

    Args:
        spec: a binary model takes its two digits out of the ten.
        name: a name that ``bench.data.datasets.load`` knows, or a path.
        limit: keep the first so many training samples of what the model sees; None for all.

    Raises:
        UserError: the data set is missing or broken, or the limit is below 1.
    """
    dataset = load(name)
    if spec.digits:
        dataset = dataset.extract_two_digits(*spec.digits)
    return dataset if limit is None else dataset.limit(limit)


def dataset_facts(dataset: Dataset) -> dict[str, Any]:
    """Return what a record says of a data set."""
    return {
        "name": dataset.name,
        "source": dataset.source,
        "sha256": dataset.sha256,
        "train": len(dataset.train),
        "validation": len(dataset.validation),
        "test": len(dataset.test),
    }
