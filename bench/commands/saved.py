"""Files of ``--save`` and ``--load``: what the user named, checked against the model."""

from pathlib import Path

from bench import twins
from bench.errors import UserError


def load_state(path: Path, expected: twins.Weights) -> tuple[twins.Weights, twins.Weights]:
    """Read variables and optimizer state that either side saved.

    Args:
        path: of the file.
        expected: the model's variables; what an archive of Keras lacks keeps the value of these.

    Raises:
        UserError: the file is missing or damaged, or is of another model.
    """
    weights, slots = _read(path, expected)
    lacking = {n for n in expected.keys() - weights.keys() if n.endswith(twins.SEED_STATE)}
    given = expected.keys() - (lacking if path.suffix == twins.KERAS_ARCHIVE else set())
    if weights.keys() != given:
        odd = ", ".join(sorted(weights.keys() ^ given))
        raise UserError(
            f"--load {path}: is not of this model (differs in {odd}): name another file"
        )
    for name, value in weights.items():
        wanted = expected[name]
        if (value.shape, value.dtype) != (wanted.shape, wanted.dtype):
            raise UserError(
                f"--load {path}: {name} is {value.shape} {value.dtype}, the model has "
                f"{wanted.shape} {wanted.dtype}: give the model and --dtype it was saved with"
            )
    return expected | weights, slots


def _read(path: Path, expected: twins.Weights) -> tuple[twins.Weights, twins.Weights]:
    if not path.is_file():
        raise UserError(f"--load {path}: no such file: give one that --save wrote")
    dtype = next(value.dtype.name for value in expected.values() if value.dtype.kind == "f")
    try:
        return twins.load(path, dtype)
    except Exception as error:  # damaged bytes raise a dozen types in zipfile, zlib, numpy, Keras
        raise UserError(f"--load {path}: is damaged: give one that --save wrote") from error
