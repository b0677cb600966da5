"""The module of a text: written to a file, so that TensorFlow finds its source, and run."""

import importlib.util
import sys
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

_NUMBERS = count(1)


def loaded(text: str, folder: Path, **known: Any) -> tuple[Path, ModuleType | BaseException]:
    """Return the file that a text was written to, and its module or why it has none.

    Args:
        text: Python.
        folder: for the file.
        known: what else the module knows.
    """
    file = folder / f"handed_in_{next(_NUMBERS)}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(known)
    sys.modules[file.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # whatever the file raises, SystemExit too
        return file, error
    return file, module
