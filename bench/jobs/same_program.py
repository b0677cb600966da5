"""Whether another process computes what this one does: sources, versions, settings."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench import own_models
from bench.host.machine import installed
from bench.version import __version__

DECIDES = ("tensorflow", "keras", "numpy", "scikit-learn")
"""Packages by whose versions numbers may differ."""
SETTINGS = ("TF_", "XLA_", "OMP_", "MKL_", "OPENBLAS_", "CUDA_VISIBLE_DEVICES", own_models.VARIABLE)
"""What the variables begin with by which numbers may differ.

Dask sets those of threads for its workers, so that they are not what a user's own process has.
"""
PACKAGES = ("bench", "rawtf", "keras_impl")


def settings() -> dict[str, str]:
    """Return the variables of this process by which numbers may differ."""
    found = {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)}
    if own := found.get(own_models.VARIABLE):
        found[own_models.VARIABLE] = str(Path(own).absolute())
    return found


def environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of this process with some settings in place of its own."""
    others = {n: value for n, value in os.environ.items() if not n.startswith(SETTINGS)}
    return others | dict(wanted)


def program(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what is computed with here: versions by name, and a digest of the sources.

    Args:
        wanted: the settings; a file of own models is named by one of them.
    """
    found = {name: installed(name) or "not installed" for name in DECIDES}
    found["gvk"] = f"{__version__} (sources {_sources()})"
    own = wanted.get(own_models.VARIABLE)
    return found | ({own_models.VARIABLE: _digest([Path(own)])} if own else {})


def difference(wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Return in words what one program has otherwise than another; nothing where they are alike.

    >>> difference({"keras": "3.15.1", "numpy": "2.0"}, {"keras": "3.14.0", "numpy": "2.0"})
    'keras 3.14.0 in place of 3.15.1'
    """
    names = wanted.keys() | found.keys()
    return ", ".join(
        f"{name} {found.get(name, 'missing')} in place of {wanted.get(name, 'none')}"
        for name in sorted(names)
        if found.get(name) != wanted.get(name)
    )


def _sources() -> str:
    root = Path(__file__).parents[2]
    return _digest(path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))


def _digest(paths: Iterable[Path]) -> str:
    """Return what the content of files comes to; a file that cannot be read counts as none."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes() if path.is_file() else b"")
    return whole.hexdigest()[:12]
