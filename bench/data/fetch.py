"""Downloads a data set into the Keras cache: the only place that goes to the network.

Every file has a known checksum and gets its final name only after it matched. A file that is
already there is never replaced.
"""

import os
from pathlib import Path
from textwrap import shorten

from bench.data.files import keras_datasets, refuse
from bench.errors import UserError

# The files that keras.datasets downloads, from where it downloads them.
URL_BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

# data set: file or folder in the cache, then the files in it with their checksums.
# Source: keras.datasets.mnist; the README of zalandoresearch/fashion-mnist.
PUBLISHED: dict[str, tuple[str, dict[str, str]]] = {
    "mnist": (
        "mnist.npz",
        {"mnist.npz": "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"},
    ),
    "fashion-mnist": (
        "fashion-mnist",
        {
            "fashion-mnist/train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "fashion-mnist/train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
            "fashion-mnist/t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
            "fashion-mnist/t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
        },
    ),
}


def fetch(name: str) -> Path:
    """Downloads what is not there yet, and returns the file or folder that `load` will read.

    Args:
        name: a key of PUBLISHED.

    Raises:
        UserError: no such data set, nothing to fetch, no network, a wrong checksum, no permission,
            or a file that is there already and differs from the published one.
    """
    if name == "digits":
        raise UserError("digits is embedded in scikit-learn: nothing to fetch")
    if name not in PUBLISHED:
        raise UserError(f"{name!r} cannot be fetched: choose {' or '.join(PUBLISHED)}")
    target, files = PUBLISHED[name]
    cache = keras_datasets()
    # All are looked at before the first download: nothing is fetched in vain.
    missing = [file for file, known in files.items() if not _is_published(cache / file, known)]
    for file in missing:
        _download(cache / file, files[file])
    return cache / target


def _is_published(path: Path, known_hash: str) -> bool:
    """Whether the file is there; one that differs is refused, since pooch would overwrite it."""
    import pooch

    if not os.path.lexists(path):
        return False
    algorithm, _, expected = known_hash.partition(":")
    try:
        actual = pooch.file_hash(str(path), alg=algorithm)
    except OSError as error:
        raise refuse(path, error.strerror or str(error), "move it away to fetch it") from error
    if actual != expected:
        what = f"differs from the published file ({algorithm} {actual[:12]}) and is left untouched"
        raise refuse(path, what, "gvk reads it as it is; move it away to fetch the published one")
    return True


def _download(path: Path, known_hash: str) -> None:
    """Fetches one file: pooch writes it beside its place, compares the checksum, then renames."""
    import pooch

    url = URL_BASE + path.name
    try:
        pooch.retrieve(url, known_hash, fname=path.name, path=path.parent)
    except OSError as error:  # the errors of requests are OSErrors, and so is a full disk
        reason = shorten(f"{type(error).__name__}: {error}", 100, placeholder="...")
        what = f"could not be downloaded ({reason})"
        raise refuse(url, what, f"check the network, or put it at {path} by hand") from error
    except ValueError as error:
        what = f"the download of {path.name} is not the published file ({known_hash} expected)"
        raise refuse(url, what, "try again, or from another network") from error
