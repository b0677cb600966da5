"""The direction of imports, read from the sources, and what a cheap verb may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "rawtf": {"rawtf", "tensorflow", "numpy"},
    "keras_impl": {"keras_impl", "keras", "numpy"},
}
# whoever leaves fit needs TensorFlow's tape, and whoever leaves arrays its data sets; the page is
# a program too, which needs digits without a download and must not know the harness
BESIDES = {
    "one_page.py": {"sklearn"},
    "own_loop.py": {"tensorflow"},
    "rungs.py": {"tensorflow"},
    "batches.py": {"tensorflow"},
}


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("package", ALLOWED)
def test_the_two_sides_know_neither_each_other_nor_the_harness(package):
    modules = list((ROOT / package).rglob("*.py"))
    assert modules
    for path in modules:
        allowed = ALLOWED[package] | BESIDES.get(path.name, set())
        foreign = _imported(path) - allowed - set(sys.stdlib_module_names)
        assert not foreign, f"{path}: imports {foreign}"


def test_the_page_needs_sklearn_only_where_it_is_a_program():
    tree = ast.parse((ROOT / "rawtf" / "one_page.py").read_text())
    at_top = [ast.unparse(n) for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert "import numpy as np" in at_top
    assert not any("sklearn" in line for line in at_top)


def test_only_twins_imports_both_sides():
    both = [p for p in (ROOT / "bench").rglob("*.py") if {"rawtf", "keras_impl"} <= _imported(p)]
    assert [path.name for path in both] == ["twins.py"]


@pytest.mark.parametrize("arguments", [["--help"], ["models"], ["report", "--help"]])
def test_cheap_verbs_do_not_load_tensorflow(arguments):
    code = (
        "import sys; from bench.cli import _exit_code\n"
        f"assert _exit_code({arguments!r}) == 0\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'scipy', 'matplotlib'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
