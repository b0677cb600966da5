"""Checkpoints: all that a training needs to go on where it was killed, in one file of a folder.

An npz, as ``--save`` writes it (``rawtf.saving``), and beside the arrays what was trained and where
it stands. So either side goes on with what the other wrote: weights, moving averages, random states
and slots have one name and one form on both, and NumPy alone reads them. TensorFlow's own
``tf.train.Checkpoint`` names variables by the attributes of one side's objects, and Keras's
``BackupAndRestore`` leaves out the random state of dropout and the place within an epoch.

A file is whole or not there: it is written beside the old one, forced to the disk, and renamed over
it. Whatever kills the process leaves one of the two.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.data.datasets import Dataset
from bench.data.files import read_arrays
from bench.data.for_model import dataset_facts
from bench.errors import UserError
from bench.specs import Config
from bench.training.place import Place, decoded, encoded

FILE = "checkpoint.npz"
ABOUT = "training/about"
"""The array in the file that holds no number: JSON, as bytes."""
VERSION = 1
HOW = ("engine", "keras_engine", "kernels", "gradients", "xla", "steps_per_execution", "epochs")
"""Dials by which the same training is run otherwise, or longer: they may be others next time."""

Values = dict[str, np.ndarray]


class Kept(NamedTuple):
    """What a checkpoint holds."""

    values: Values
    place: Place


def about(config: Config, dataset: Dataset) -> dict[str, Any]:
    """Return what two sittings of one training have to agree on, by the names of options."""
    dials = {name: value for name, value in config.to_dict().items() if name not in HOW}
    data = {f"dataset {name}": v for name, v in dataset_facts(dataset).items() if name != "source"}
    return dials | data


class Checkpoint:
    """The checkpoint in a folder; made by ``held``.

    Args:
        folder: where it is.
        about: what the training is, as ``about`` says it.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.path, self.about = folder, folder / FILE, about

    def write(self, values: Values, place: Place) -> None:
        """Replace what is in the folder by these values and this place.

        Raises:
            UserError: the disk does not take it; what was there before is there still.
        """
        text = {"version": VERSION, "training": self.about, "place": place.to_json()}
        buffer = io.BytesIO()
        np.savez(buffer, **(values | {ABOUT: encoded(text)}))  # type: ignore[arg-type]
        try:
            write_durably(self.path, buffer.getbuffer())
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise UserError(
                f"--checkpoint {self.folder}: cannot write at {place} ({why}): make room or mend "
                "the folder, then go on with --resume"
            ) from error

    def read(self) -> Kept | None:
        """Return what is in the folder; None where there is no checkpoint.

        Raises:
            UserError: the file is not a checkpoint, or of another training.
        """
        if not os.path.lexists(self.path):
            return None
        values = dict(read_arrays(self.path, self._check_names).arrays)
        try:
            text = decoded(values.pop(ABOUT))
            version, training = text["version"], dict(text["training"])
            place = Place.from_json(text["place"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._foreign() from error
        if version != VERSION:
            raise UserError(
                f"{self.path}: was written by another version of gvk (form {version!s:.20}): go "
                "on with that one, or name another folder"
            )
        self._check_training(training)
        return Kept(values, place)

    def _check_names(self, names: Iterable[str]) -> None:
        if ABOUT not in set(names):
            raise self._foreign()

    def _foreign(self) -> UserError:
        return UserError(
            f"{self.path}: is no checkpoint of gvk train: name another folder with --checkpoint"
        )

    def _check_training(self, training: dict[str, Any]) -> None:
        for name in self.about | training:
            was, given = (side.get(name, "nothing") for side in (training, self.about))
            if was != given:
                raise UserError(
                    f"{self.path}: is of another training ({name.replace('_', '-')} was "
                    f"{was!s:.80}, now {given!s:.80}): give the same options or another folder"
                )


def check_values(path: Path, found: Values, expected: Values) -> None:
    """Check that a checkpoint has every array of a model and its optimizer, and no other.

    Raises:
        UserError: it has not; what is in it was altered, since it says that it is of this training.
    """
    for name in sorted(found.keys() | expected.keys()):
        was, wanted = (_form(side.get(name)) for side in (found, expected))
        if was != wanted:
            raise UserError(
                f"{path}: is damaged ({name:.80} is {was}, wanted {wanted}): start anew in another "
                "folder"
            )


def _form(value: np.ndarray | None) -> str:
    return "missing" if value is None else f"{value.shape} {value.dtype}"


@contextmanager
def held(
    folder: Path, resume: bool, about: dict[str, Any], writes: bool = True
) -> Iterator[Checkpoint]:
    """Yield the checkpoint of a folder, which is made; nobody else has it meanwhile.

    Args:
        folder: of one training alone.
        resume: whether a checkpoint that is there is gone on with.
        about: what the training is.
        writes: False for a worker that reads alone: the folder is another one's.

    Raises:
        UserError: the folder cannot be written to, another run has it, or there is a checkpoint
            and ``resume`` was not given.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "checkpoint.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if writes:
            lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"--checkpoint {folder}: another run goes on there: wait for its end, or name another "
            "folder"
        ) from None
    except OSError as error:
        raise UserError(
            f"--checkpoint {folder}: {error.strerror}: name a folder that can be written to"
        ) from error
    try:
        checkpoint = Checkpoint(folder, about)
        if not resume and os.path.lexists(checkpoint.path):
            raise UserError(
                f"--checkpoint {folder}: there is a checkpoint already: go on with --resume, or "
                "name another folder"
            )
        yield checkpoint
    finally:
        lock.release()


def write_durably(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole or not at all, though the power fail: temporary file, fsync, rename.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk too, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
