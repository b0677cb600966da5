"""The pair as its user wrote it: two factories, the data, what ``fit`` is called with."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import UserError

Make = Callable[[], Any]
DEFAULT_BATCH_SIZE = 32


@dataclass(frozen=True)
class Data:
    """Training and test data; x and y are arrays, or lists or dicts of them.

    Attributes:
        weight: of each training sample, or None.
    """

    x: Any
    y: Any
    x_test: Any
    y_test: Any
    weight: Any = None

    def __len__(self) -> int:
        return len(leaves(self.x)[0])


@dataclass(frozen=True)
class Pair:
    """What is to be diagnosed.

    Attributes:
        loop, reference: make the user's programs afresh.
        fit: what ``fit`` is called with: batch_size, epochs, shuffle, class_weight.
    """

    loop: Make
    reference: Make
    data: Data
    fit: dict[str, Any] = field(default_factory=dict)

    @property
    def batch_size(self) -> int:
        """Samples in a batch."""
        return int(self.fit.get("batch_size") or DEFAULT_BATCH_SIZE)


def leaves(tree: Any) -> list[np.ndarray]:
    """Return the arrays of x or y, in order."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in leaves(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [tree]


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return x or y with a function applied to each of its arrays."""
    if isinstance(tree, dict):
        return {key: mapped(function, branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(function, branch) for branch in tree)
    return function(tree)


def rows(tree: Any, which: Any) -> Any:
    """Return some samples of x or y."""
    return mapped(lambda array: array[which], tree)


def pair_of_files(
    files: tuple[str, ...], loop: str, reference: str, data: str, fit: str = "FIT"
) -> Pair:
    """Return the pair that one file defines, or two files with the name after a colon each.

    Raises:
        UserError: a file or a name in it is missing, or the file fails.
    """
    first = _module(files[0].split(":")[0])
    if len(files) == 1 and ":" not in files[0]:
        makers = [_named(first, loop, "--loop"), _named(first, reference, "--reference")]
        module = first
    else:
        makers = [_of_spec(f) for f in files]
        module = next(
            (m for m in (_module(f.split(":")[0]) for f in files) if hasattr(m, data)), first
        )
        if len(makers) == 1:
            makers.append(_named(first, reference, "--reference"))
    given = _named(module, data, "--data")
    options = dict(getattr(module, fit, {}))
    return make_pair(makers[0], makers[1], given, options)


def make_pair(loop: Any, reference: Any, data: Any, fit: dict[str, Any] | None = None) -> Pair:
    """Return a pair of factories or finished objects, and data or a function that loads it."""
    options = dict(fit or {})
    weight = options.pop("sample_weight", None)
    return Pair(_maker(loop), _maker(reference), _data(data, weight), options)


def _of_spec(spec: str) -> Any:
    file, _, name = spec.partition(":")
    if not name:
        raise UserError(f"{spec}: say which function makes the program, as in {spec}:make")
    return _named(_module(file), name, spec)


_LOADED: dict[str, Any] = {}


def _module(file: str) -> Any:
    path = Path(file).resolve()
    if str(path) in _LOADED:
        return _LOADED[str(path)]
    if not path.is_file():
        raise UserError(f"{file}: no such file: name a Python file with both programs")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{file}: is no Python file: name one that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        raise UserError(f"{file}: fails as it is imported: {described(error)}") from error
    _LOADED[str(path)] = module
    return module


def described(error: BaseException) -> str:
    """Return an exception as one line."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"[:300]


def _named(module: Any, name: str, option: str) -> Any:
    if not hasattr(module, name):
        raise UserError(
            f"{Path(module.__file__).name}: defines no `{name}`: define it, or name another "
            f"with {option}"
        )
    return getattr(module, name)


def _maker(given: Any) -> Make:
    """Return a factory: what is given where it is one, else the object, set back each time."""
    import keras

    if isinstance(given, type) or (
        callable(given) and not isinstance(given, keras.Model) and _takes_nothing(given)
    ):
        return given
    from bench.diagnose.set_back import SetBack

    return SetBack(given)


def _takes_nothing(function: Any) -> bool:
    import inspect

    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        return False
    return not hasattr(function, "train_step")


def _data(given: Any, weight: Any) -> Data:
    try:
        loaded = given() if callable(given) else given
    except Exception as error:
        raise UserError(f"data: loading it fails: {described(error)}") from error
    if isinstance(loaded, Data):
        return loaded
    if not isinstance(loaded, list | tuple) or len(loaded) not in (2, 4):
        raise UserError("data: return x_train, y_train, x_test, y_test, or x and y alone")
    parts = list(loaded) if len(loaded) == 4 else [*loaded, *loaded]
    parts = [mapped(np.asarray, part) for part in parts]
    for x, y, name in ((parts[0], parts[1], "training"), (parts[2], parts[3], "test")):
        sizes = {len(a) for a in (*leaves(x), *leaves(y))}
        if len(sizes) != 1 or not min(sizes):
            raise UserError(
                f"data: the {name} arrays hold {sorted(sizes)} samples: make them "
                "equally long, and not empty"
            )
    x, y, x_test, y_test = parts
    return Data(x, y, x_test, y_test, None if weight is None else np.asarray(weight))
