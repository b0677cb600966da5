"""Files that a user names for output: checked before any work, written whole or not at all."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import UserError
from bench.records.reading import plain, write_whole

JSON_SCHEMA = 1


def new_file(path: Path | None, option: str) -> None:
    """Check that a file can be made at a path.

    Raises:
        UserError: it is there already (nothing of the user's is overwritten), or its folder is
            missing or not writable.
    """
    if path is None:
        return
    if path.exists():
        raise UserError(f"{option} {path} is there already: name a new file, or move it away")
    try:
        with path.open("xb"):
            pass
        path.unlink()
    except OSError as error:
        raise UserError(
            f"{option} {path}: {error.strerror}: name a file that can be made"
        ) from error


def write_json(path: Path | None, verb: str, result: dict[str, Any]) -> None:
    """Write what a verb found, under a versioned schema; nothing where no path is given."""
    if path is not None:
        whole = {"schema": JSON_SCHEMA, "verb": verb, **plain(result)}
        write_whole(path, (json.dumps(whole, indent=2) + "\n").encode())


def save_weights(path: Path, weights: dict[str, np.ndarray]) -> None:
    """Write variables by name as npz, sorted, so that equal weights make equal files."""
    with path.open("xb") as file:
        np.savez(file, **{name: weights[name] for name in sorted(weights)})  # type: ignore[arg-type]


def load_weights(path: Path, expected: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Read variables that ``save_weights`` wrote, by either implementation.

    Args:
        path: the npz file.
        expected: the model's variables, for their names, shapes and dtypes.

    Raises:
        UserError: the file is missing or damaged, or is of another model.
    """
    found = _read_npz(path)
    if found.keys() != expected.keys():
        odd = ", ".join(sorted(found.keys() ^ expected.keys()))
        raise UserError(
            f"--load {path}: is not of this model (differs in {odd}): name another file"
        )
    for name, value in expected.items():
        if (found[name].shape, found[name].dtype) != (value.shape, value.dtype):
            raise UserError(
                f"--load {path}: {name} is {found[name].shape} {found[name].dtype}, the model has "
                f"{value.shape} {value.dtype}: give the model and --dtype it was saved with"
            )
    return found


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if not hasattr(file, "files"):
                raise UserError(f"--load {path}: is one array, not a set of weights")
            return {name: file[name] for name in file.files}
    except UserError:
        raise
    except FileNotFoundError as error:
        raise UserError(f"--load {path}: no such file: give one that --save wrote") from error
    except Exception as error:  # damaged bytes raise a dozen types in zipfile, zlib and numpy
        raise UserError(f"--load {path}: not a readable npz: give one that --save wrote") from error
