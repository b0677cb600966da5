"""Models of the user's own: a Python file that the variable ``GVK_MODELS`` names.

The file defines ``MODELS``, a dict of names to ``bench.specs.ModelSpec``, and ``twins()``, which
returns a dict of the same names to ``bench.twins.Twins``; TensorFlow and Keras are imported in
there, so that what needs neither stays fast. ``docs/howto.md`` has a whole example.
"""

import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.errors import UserError

VARIABLE = "GVK_MODELS"


def own_specs(known: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """Return the user's models by name; none where the variable is not set.

    Args:
        known: the models there are already.
        kind: what each has to be.

    Raises:
        UserError: the file cannot be run, or does not define what it should.
    """
    module = _module()
    if module is None:
        return {}
    models = getattr(module, "MODELS", None)
    if not isinstance(models, dict) or not all(isinstance(v, kind) for v in models.values()):
        raise _refuse("MODELS has to be a dict of names to bench.specs.ModelSpec")
    if wrong := [name for name, spec in models.items() if name in known or spec.name != name]:
        raise _refuse(f"{wrong[0]!r} is taken, or is not the name in its ModelSpec: rename it")
    return models


def own_twins(known: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """Return both implementations of the user's models by name.

    Args:
        known: those of the workshop.
        kind: what each has to be.

    Raises:
        UserError: ``twins()`` is missing, or does not return one for each of the names.
    """
    module = _module()
    if module is None:
        return {}
    make = getattr(module, "twins", None)
    twins = make() if callable(make) else None
    if not isinstance(twins, dict) or not all(isinstance(v, kind) for v in twins.values()):
        raise _refuse("twins() has to return a dict of names to bench.twins.Twins")
    if known.keys() & twins.keys():
        raise _refuse("twins() returns a model of the workshop: rename it")
    if missing := getattr(module, "MODELS", {}).keys() ^ twins.keys():
        raise _refuse(f"MODELS and twins() differ in {', '.join(sorted(missing))}: give both both")
    return twins


@cache
def _module() -> ModuleType | None:
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise _refuse("there is no such file")
    spec = importlib.util.spec_from_file_location("gvk_own_models", path)
    if spec is None or spec.loader is None:
        raise _refuse("is no Python file: its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the user's code raises is the user's to mend
        raise _refuse(f"cannot be run ({type(error).__name__}: {error})") from error
    return module


def _refuse(problem: str) -> UserError:
    return UserError(f"{VARIABLE}={os.environ.get(VARIABLE)}: {problem}")
