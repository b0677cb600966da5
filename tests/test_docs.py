"""Every command in the README and in docs/ runs; on a small size, and each once."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bench import own_models
from bench.cli import gvk as group
from bench.report.answers_table import COLUMNS
from bench.specs import MODELS
from tests.bench.dials.conftest import stand_in
from tests.bench.scaling.stand_ins import stand_in as scaling_stand_in
from tests.rawtf import test_one_page

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SET_UP = ("python3 -m venv", "pip install", "bash .ci/run", "source .venv/bin/activate")
"""What cannot be run within a test; that the files and extras it names are there is checked."""

SMALL = {"--epochs": "1", "--steps": "2", "--seeds": "2", "--time-budget": "1", "--limit": "64",
         "--precision": "quick", "--dataset": "digits", "--peers": "numpy"}  # fmt: skip
MEASURING = ("bench", "gpu", "ladder", "law", "growth", "tune", "floor", "scaling")
DATA = ("train", "parity", "accuracy", "explain", *MEASURING)


def blocks() -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of each block of shell commands, with the page that it stands on."""
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.M | re.S):
            whole = block.replace("\\\n", " ").splitlines()
            lines = [line.split("  #")[0].split(" #")[0].strip() for line in whole]
            yield page.name, [line for line in lines if line and not line.startswith("#")]


def commands() -> list[str]:
    """Return every command line but ``export``, each once; those of tables too."""
    lines = [line for _, block in blocks() for line in block if not line.startswith("export")]
    readme = PAGES[0].read_text()
    lines += re.findall(r"^\| `((?:gvk|pytest) [^`]*)`", readme, re.M)
    return list(dict.fromkeys(line.removeprefix(".venv/bin/") for line in lines))


def small(words: list[str]) -> list[str]:
    """Return the arguments of a ``gvk`` command, cut to a size that a test can afford."""
    verb, *rest = words
    if rest[:1] == ["all"]:
        rest[0] = "perceptron"
    cut = [verb]
    for before, word in zip(["", *rest], rest, strict=False):
        cut.append(SMALL.get(before, word))
    trains = verb in DATA and (verb != "explain" or "--run" in cut)
    if trains and "--dataset" not in cut:
        cut += ["--dataset", "digits"]
    if trains and "--limit" not in cut and verb != "accuracy":
        cut += ["--limit", "64"]
    if verb in ("train", "accuracy", "bench") and "--epochs" not in cut:
        cut += ["--epochs", "1"]
    if verb == "parity" and "--steps" not in cut and "--epochs" not in cut:
        cut += ["--steps", "2"]
    if verb == "explain" and "--run" in cut:
        cut += ["--steps", "1"]
    if verb in MEASURING:  # the smallest model; one's own where it is proved and timed
        large = ("mlp",) if verb == "bench" else ("mlp", "relu-100")
        cut = ["perceptron" if word in large else word for word in cut]
        as_it_is = ("--device", "auto", "--precision", "quick")  # what holds without them, too
        once_named = ("perceptron", *large)  # two models may be one now; a value may come twice
        cut = [
            word
            for n, (before, word) in enumerate(pairwise(["", *cut]))
            if (word not in as_it_is or before == "--engine")
            and not (word in once_named and word in cut[:n])
        ]
        cut += ["--blocks", "2"]
    return cut


def once(lines: list[str]) -> list[str]:
    """Return the commands that differ in more than the name of a report or what a test cuts."""
    found: dict[tuple[str, ...], str] = {}
    for line in lines:
        words = small(shlex.split(line)[1:])
        named = [w for before, w in zip(["", *words], words, strict=False)
                 if w != "--name" and before != "--name"]  # fmt: skip
        found.setdefault(tuple(sorted(named)), line)
    return list(found.values())


def shown_output() -> dict[str, list[str]]:
    """Return by command the lines that its page says it prints, without what is left out.

    They stand below the command, the last of its block, in a block of text.
    """
    found: dict[str, list[str]] = {}
    pattern = r"^```sh\n([^`]*?)^```\n\n```text\n(.*?)^```"
    for page in PAGES:
        for block, shown in re.findall(pattern, page.read_text(), re.M | re.S):
            last = block.splitlines()[-1].split("  #")[0].strip()
            found[last] = [line for line in shown.splitlines() if line != "..."]
    return found


def shape(line: str) -> str:
    """Return a line with every number the same and every gap one space; the end left out."""
    line = re.sub(r"\d[\d,.e+-]*", "0", line.partition(" ...")[0])
    return re.sub(r"[ -]{2,}", " ", line).strip()


def printed(shown: list[str], out: str) -> list[str]:
    """Return the lines that are shown and were not printed, but for their numbers."""
    lines = [shape(line) for line in out.splitlines()]
    return [each for each in shown if not any(line.startswith(shape(each)) for line in lines)]


GVK = once([line for line in commands() if line.startswith("gvk ")])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder in which one command finds what an earlier one made."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "docs").symlink_to(ROOT / "docs")
    return folder


@pytest.fixture(autouse=True)
def own_model(monkeypatch):
    monkeypatch.setenv(own_models.VARIABLE, str(ROOT / "docs" / "examples" / "own_model.py"))
    own_models._module.cache_clear()
    yield
    own_models._module.cache_clear()


@pytest.fixture(autouse=True)
def short(monkeypatch, tmp_path):
    """Four rungs and an option, a sweep and axes of few points; dials of stand-ins, in-process."""
    from bench.growth import points
    from bench.ladder import rungs

    for axis, values in {"batch": (32,), "data": (400,), "width": (0.25,), "seeds": (2,)}.items():
        monkeypatch.setitem(points.VALUES, axis, values)
    monkeypatch.setattr(points, "SAMPLES", 512)
    monkeypatch.setattr("bench.growth.measure.TIMED", ("epoch",))
    monkeypatch.setattr("bench.growth.measure.peaks", lambda config, arm, found: [1.0] * len(found))

    monkeypatch.setattr("bench.law.points.BATCH_SIZES", (2, 32))
    few = (*rungs.LADDER[:2], *rungs.LADDER[-2:])
    for module in ("rungs", "stand"):
        monkeypatch.setattr(f"bench.ladder.{module}.LADDER", few)
        monkeypatch.setattr(f"bench.ladder.{module}.OPTIONS", rungs.OPTIONS[:1])
    stand_in(monkeypatch, tmp_path)
    scaling_stand_in(monkeypatch)
    monkeypatch.setattr("bench.dials.auto.BUDGET_SECONDS", 1.0)
    monkeypatch.setattr("bench.commands.auto._start_anew", lambda variables: None)
    for module in ("replicas", "strategy"):  # here TensorFlow runs already, on one CPU
        monkeypatch.setattr(f"bench.commands.{module}.replica_devices", lambda n: ["CPU:0"])
    monkeypatch.setattr(rungs, "SIDEWAYS_RUNGS", (rungs.OPTIONS[0], rungs.NOT_TUNED))


@pytest.mark.full
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("line", GVK)
def test_a_command_of_the_docs_runs(line, gvk, place, monkeypatch):
    words = shlex.split(line)[1:]
    monkeypatch.chdir(place)
    if words[:2] == ["data", "fetch"]:  # a test never goes to the network
        assert gvk("data", "fetch", "--help")[0] == 0
        return
    if words[0] == "calibrate":
        words += ["--part", "simulation", "--runs", "2"]
    if words[0] == "compare":
        words[1:] = stored_runs(gvk, place)
    if words[0] in ("verify", "report"):
        stored_runs(gvk, place)
    if words[0] in ("exercise", "notebook"):  # writes no file twice
        (place / words[-1]).unlink(missing_ok=True)
    if words[0] == "grade":  # what an earlier command wrote, which another process may have run
        gvk("exercise", Path(words[1]).stem, "-o", words[1])
    code, out, err = gvk(*small(words))
    # a tiny run may well be slower or open (1 and 3); what is misspelt is refused with 2
    judging = (*MEASURING, "accuracy", "calibrate", "compare", "diagnose", "scorecard", "grade")
    assert code in ((0, 1, 3) if words[0] in judging else (0,)), err
    assert printed(shown_output().get(line, []), out) == []


PYTHON = [
    pytest.param(block, id=f"{page.name}: {block.splitlines()[0]}")
    for page in PAGES
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S)
    if block.startswith("from bench")  # others show what stands in a program of the reader's
]


@pytest.mark.parametrize("block", PYTHON)
def test_python_of_the_docs_runs(block, monkeypatch, capsys):
    """In the root of the project, where the committed reports are."""
    monkeypatch.chdir(ROOT)
    exec(compile(block, "docs", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_what_is_shown_below_a_command_is_looked_at():
    by_others = {f"python -m {page}" for page in test_one_page.PAGES} | {"make report"}
    assert set(shown_output()) <= {*GVK, *by_others}


def test_a_line_that_is_not_printed_is_found():
    out = "test accuracy: 0.9\nOK   loss  max 0.0e+00  0 ULP\n"
    assert printed(["test accuracy: 0.911111", "OK   loss  max 1.5e-07   12 ULP"], out) == []
    assert printed(["validation accuracy: 0.9", "DIFF loss"], out) == [
        "validation accuracy: 0.9", "DIFF loss"
    ]  # fmt: skip


def test_the_tutorial_counts_right():
    text = (ROOT / "docs" / "tutorial.md").read_text()
    statements = {}
    for name in ("perceptron", "mlp"):
        tree = ast.parse((ROOT / "keras_impl" / f"{name}.py").read_text())
        (made,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        statements[name] = len(made.body) - 1  # without its docstring
    assert f"in {statements['perceptron']} statements" in text
    assert f"in those {statements['perceptron']} statements" in text
    assert f"`keras_impl/mlp.py` is {statements['mlp']} statements" in text
    assert len(MODELS) == 7
    assert "Seven models" in text


def test_the_table_that_is_shown_has_the_columns_of_a_bench():
    for page in PAGES:
        heads = re.findall(r"^\| model +\| equal.*$", page.read_text(), re.M)
        for head in heads:
            shown = [cell.strip() for cell in head.strip("|").split("|")]
            assert shown == [column.replace(" / ", " ") for column in COLUMNS]


def test_there_is_python_in_the_docs_to_run():
    assert PYTHON


def stored_runs(gvk, place) -> list[str]:
    """Return the name of a report twice, measured now if need be."""
    name = "compared"  # others store what is no run of bench where bench does
    if not (place / "reports" / name).is_dir():
        gvk(*small(["bench", "perceptron", "--name", name]))
    return [name, name]


def test_every_verb_is_shown_somewhere():
    shown = {shlex.split(line)[1] for line in GVK}
    assert shown == set(group.commands)


def test_the_other_commands_are_known():
    others = [line for line in commands() if not line.startswith("gvk ")]
    makefile = (ROOT / "Makefile").read_text()
    for line in others:
        first = line.split()[0]
        if first == "make":
            assert f"\n{line.split()[1]}:" in makefile
        elif first not in ("cmp", "pytest") and not line.startswith("python -m"):
            assert any(words in line for words in SET_UP), line


@pytest.mark.full
@pytest.mark.parametrize(
    "line", [line for line in commands() if line.startswith(("pytest", "python -m pytest"))]
)
def test_pytest_takes_these_options(line):
    words = shlex.split(line.removeprefix("python -m "))[1:]
    ask = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        *words,
        str(ROOT / "tests" / "benchmarks"),
    ]
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=False)
    # 5: without --benchmark, nothing of this folder is collected
    assert done.returncode == (0 if "--benchmark" in words else 5), done.stdout + done.stderr


def test_the_pages_that_are_run_as_programs_are_run():
    """``tests/rawtf/test_one_page.py`` runs each of them, and looks at what it prints."""
    named = {line.split()[2] for line in commands() if line.startswith("python -m rawtf")}
    assert named == set(test_one_page.PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"
