"""The direction of imports, read from the sources, and what a cheap verb may load."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
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
    "own_epoch.py": {"tensorflow"},
    "batches.py": {"tensorflow"},
    "mirrored.py": {"tensorflow"},
    "predicting.py": {"tensorflow"},
    "workers.py": {"tensorflow"},
}


def _order() -> dict[str, int]:
    """Return the place of each package, read from the docstring of ``bench``."""
    text = (ast.get_docstring(ast.parse((ROOT / "bench" / "__init__.py").read_text())) or "").split(
        "::"
    )[1]
    groups = [re.findall(r"\w+", group) for group in text.split("<")]
    return {name: place for place, group in enumerate(groups) for name in group}


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield every module that a source imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imported(path: Path) -> set[str]:
    return {module.split(".")[0] for module in _modules(ast.parse(path.read_text()))}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _package(module: str) -> str:
    return module.split(".")[1]


def _bench_sources() -> dict[str, str]:
    paths = (ROOT / "bench").rglob("*.py")
    return {_name(path): path.read_text() for path in paths if path.name != "__init__.py"}


def _wrong_ways(sources: dict[str, str]) -> list[str]:
    """Return every import of ``bench`` that does not go to the left."""
    order = _order()
    return [
        f"{name} imports {module}"
        for name, text in sources.items()
        for module in _modules(ast.parse(text))
        if module.startswith("bench.")
        and _package(module) != _package(name)
        and order[_package(module)] >= order[_package(name)]
    ]


def _inner_imports(sources: dict[str, str]) -> dict[str, set[str]]:
    """Return what each module imports, functions left out: the modules among ``sources``."""
    edges = {}
    for name, text in sources.items():
        named = set(_modules(ast.parse(text)))
        named |= {module.rpartition(".")[0] for module in named}
        edges[name] = named & sources.keys()
    return edges


def test_every_package_has_its_place_in_the_order():
    sources = _bench_sources()
    packages = {_package(name) for name in sources}
    assert packages <= set(_order())


def test_imports_go_one_way():
    assert _wrong_ways(_bench_sources()) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("bench.errors", "from bench import specs"),
        ("bench.timing.blocks", "def f():\n    from bench.ladder.rungs import LADDER"),
        ("bench.records.reading", "if TYPE_CHECKING:\n    from bench.twins import Twins"),
        ("bench.stats.intervals", "import bench.render.svg"),
    ],
)
def test_an_import_the_wrong_way_is_found(module, text):
    sources = _bench_sources()
    assert _wrong_ways(sources | {module: sources[module] + "\n" + text})


def test_no_module_imports_itself_in_a_circle():
    list(TopologicalSorter(_inner_imports(_bench_sources())).static_order())


def test_an_init_loads_nothing():
    """It is a docstring; where users import from a package, also a function that imports late."""
    for path in (ROOT / "bench").rglob("__init__.py"):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        loaded = [node for node in tree.body[1:] if not _loads_nothing(node)]
        assert {m.split(".")[0] for node in loaded for m in _modules(node)} <= {"typing"}, path
        assert all(isinstance(node, ast.ImportFrom) for node in loaded), path


def _loads_nothing(node: ast.stmt) -> bool:
    """Return whether it is a function, or an import for types alone."""
    for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return for_types or isinstance(node, ast.FunctionDef)


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
