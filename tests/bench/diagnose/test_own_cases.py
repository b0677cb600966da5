"""Every file of `own_cases` does what it says: its fault shows, and mended it agrees.

Nothing here looks for a cause: this is the check that the questions of an examination are right.
"""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.full

FILES = sorted((Path(__file__).parent / "own_cases").glob("*.py"))
AGREES = 1e-5
"""What the set promises of a mended pair, relative; float32 leaves 1e-6 after so few steps."""
SHOWS = 1e-3
"""What a fault does to a weight, a prediction or a metric at least: a hundred times as much."""
STEPS = 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_does_what_it_says(path, never_exact):
    assert never_exact(_flaws_of, path) == []


def test_a_cure_that_cures_nothing_is_found():
    case, text = _one_of_them()
    case.fixed = case.loop
    assert any(flaw.startswith("fixed() parts") for flaw in _flaws(case, text))


def test_a_fault_that_does_not_show_is_found():
    case, text = _one_of_them()
    case.loop = case.fixed
    assert any(flaw.startswith("the fault does not show") for flaw in _flaws(case, text))


def test_a_false_alarm_is_found():
    case, text = _one_of_them()
    case.KIND = "none"
    assert any(flaw.startswith("loop() parts") for flaw in _flaws(case, text))


def test_a_line_that_is_not_in_the_file_is_found():
    case, text = _one_of_them()
    case.LINE = "x = 1"
    assert _flaws(case, text)[0] == "no line of the file: x = 1"


def test_the_set_is_as_wide_as_it_says():
    cases = [_load(path) for path in FILES]
    faults = Counter(len(_causes(case)) for case in cases if case.KIND == "result")
    assert faults[1] >= 44
    assert faults[2] >= 5
    assert faults[3] >= 2
    assert sum(case.KIND == "none" for case in cases) >= 8


def test_no_cause_is_there_twice():
    causes = [cause for path in FILES for cause in _causes(_load(path))]
    assert [cause for cause, times in Counter(causes).items() if times > 1] == []


def _one_of_them() -> tuple[ModuleType, str]:
    path = next(path for path in FILES if path.stem == "perceptron_error_slope")
    return _load(path), path.read_text(encoding="utf-8")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"own_cases_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _causes(case: ModuleType) -> list[str]:
    return getattr(case, "CAUSES", [case.CAUSE])


def _lines(case: ModuleType) -> list[str | None]:
    return getattr(case, "LINES", [case.LINE])


def _flaws_of(path: Path) -> list[str]:
    return _flaws(_load(path), path.read_text(encoding="utf-8"))


def _flaws(case: ModuleType, text: str) -> list[str]:
    """Return what the file says and does not do, a sentence each."""
    source = [line.strip() for line in text.splitlines()]
    flaws = [f"no line of the file: {line}" for line in _lines(case) if line and line not in source]
    if len(_lines(case)) != len(_causes(case)) or case.LINE not in (*_lines(case), None):
        flaws.append("LINES and CAUSES do not go together")
    apart = _apart(case)
    if apart["fixed()"] > AGREES:
        flaws.append(f"fixed() parts from the reference by {apart['fixed()']:.1e}")
    for name, size in apart.items():
        if name != "fixed()" and case.KIND == "none" and size > AGREES:
            flaws.append(f"{name} parts from the reference by {size:.1e}")
        if name != "fixed()" and case.KIND == "result" and not size > SHOWS:
            flaws.append(f"the fault does not show in {name}: {size:.1e}")
    return flaws


def _apart(case: ModuleType) -> dict[str, float]:
    """Return how far each program ends from the reference, as the largest relative distance.

    Where a file holds several faults, its ``alone()`` gives a loop with each one left in.
    """
    import keras

    keras.utils.set_random_seed(1)
    fit = {"batch_size": 32, **getattr(case, "FIT", {})}
    x, y, x_test, y_test = case.DATA()
    reference, loops = case.reference(), {"fixed()": case.fixed(), "loop()": case.loop()}
    if hasattr(case, "alone"):
        loops |= {f"alone()[{n}]": loop for n, loop in enumerate(case.alone())}
    start = _values(reference.weights)
    for loop in loops.values():
        _give(loop, start)
    _fit(reference, x, y, fit)
    weights, answers = _values(reference.weights), _flat(reference.predict(x_test, verbose=0))
    assert _distance(start, weights) > SHOWS, "the reference did not train"
    apart = {}
    for name, loop in loops.items():
        _drive(loop, x, y, fit)
        apart[name] = max(
            _distance(weights, _values(loop.variables, loop)),
            _distance(answers, _flat(loop.predict(x_test))),
            _distance(*_reports(reference, loop, x_test, y_test, fit["batch_size"])),
        )
    return apart


def _fit(reference: Any, x: Any, y: Any, fit: dict[str, Any]) -> None:
    if "epochs" not in fit:
        x, y = _part(x, 0, STEPS * fit["batch_size"]), _part(y, 0, STEPS * fit["batch_size"])
    reference.fit(x, y, shuffle=False, verbose=0, **fit)


def _drive(loop: Any, x: Any, y: Any, fit: dict[str, Any]) -> None:
    size = fit["batch_size"]
    if "epochs" in fit:
        loop.fit(x, y, epochs=fit["epochs"], batch_size=size)
        return
    for i in range(0, STEPS * size, size):
        loop.train_step(_part(x, i, i + size), _part(y, i, i + size))


def _reports(reference: Any, loop: Any, x: Any, y: Any, size: int) -> tuple[list, list]:
    """Return what both report of the test set; nothing where the loop reports nothing."""
    if not hasattr(loop, "evaluate"):
        return [], []
    got = loop.evaluate(x, y)
    want = reference.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
    return [want[name] for name in got], list(got.values())


def _part(arrays: Any, start: int, stop: int) -> Any:
    import keras

    return keras.tree.map_structure(lambda a: a[start:stop], arrays)


def _flat(arrays: Any) -> list[np.ndarray]:
    import keras

    return [np.asarray(a) for a in keras.tree.flatten(arrays)]


def _values(variables: Any, loop: Any = None) -> list[np.ndarray]:
    session = getattr(loop, "session", None)
    if session:
        return [np.asarray(value) for value in session.run(list(variables))]
    return [np.array(variable.numpy()) for variable in variables]


def _give(loop: Any, values: list[np.ndarray]) -> None:
    session = getattr(loop, "session", None)
    for variable, value in zip(loop.variables, values, strict=True):
        assert tuple(variable.shape) == value.shape
        if session:
            with session.graph.as_default():
                variable.load(value, session)
        else:
            variable.assign(value)


def _distance(want: list[Any], got: list[Any]) -> float:
    """Return the largest ``|want - got| / |want|`` of the arrays, each in the 2-norm."""
    largest = 0.0
    for a, b in zip(want, got, strict=True):
        one, other = np.asarray(a, "float64"), np.asarray(b, "float64")
        assert one.shape == other.shape
        difference = np.linalg.norm(one - other)
        largest = max(largest, difference / max(np.linalg.norm(one), 1e-12) if difference else 0.0)
    return float(largest)
