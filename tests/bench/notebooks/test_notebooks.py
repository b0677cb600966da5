"""Notebooks: what stands in them, how they are written, and that they run."""

import ast
import json
import re
import sys
from itertools import islice, pairwise
from typing import Any

import pytest

from bench.notebooks.cells import CODE, TEXT, cells
from bench.notebooks.live import Live, Step
from bench.notebooks.writing import as_script
from bench.specs import MODELS
from tests.quick import quick_are

EXTRA = "the extra [notebook] is not installed: pip install 'graph-vs-keras[notebook]'"


@pytest.mark.parametrize("model", MODELS)
def test_a_notebook_is_a_script_that_python_reads(model):
    script = as_script(MODELS[model])
    ast.parse(script)
    kinds = re.findall(r"^# %%(.*)$", script, re.M)
    assert kinds == [" [markdown]" if c.kind == TEXT else "" for c in cells(MODELS[model])]
    dials = {"learning_rate", "batch_size"}
    dials |= {"dropout_rate"} if MODELS[model].dropout_rate else set()
    assert dials == set(re.findall(r"^    (\w+)=\w+Slider\(", script, re.M))


def test_a_script_needs_no_extra_and_a_notebook_says_that_it_does(gvk, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert gvk("notebook", "mlp", "-o", "mlp.py", "--json", "said.json")[0] == 0
    assert (tmp_path / "mlp.py").read_text() == as_script(MODELS["mlp"])
    assert json.loads((tmp_path / "said.json").read_text())["path"] == "mlp.py"
    for arguments, said in (
        (["mlp"], "pip install 'graph-vs-keras[notebook]'"),
        (["mlp", "-o", "mlp.txt"], "ends in .ipynb or in .py"),
        (["mlp", "-o", "mlp.py"], "is there already"),
        (["mpl"], "is of the workshop's models: perceptron"),
    ):
        code, _, err = gvk("notebook", *arguments)
        assert code == 2
        assert said in err
        assert err.count("\n") == 1


@pytest.fixture
def ran(monkeypatch):
    """Return a function that runs the code of a model's notebook here, but shows nothing.

    The registry that its cells change is set back after.
    """
    import matplotlib as mpl

    from bench import twins

    mpl.use("agg")

    def run(model: str, steps: int = 2) -> tuple[list[str], dict[str, Any]]:
        monkeypatch.setitem(twins.TWINS, model, twins.TWINS[model])
        texts = [c.text.replace("steps=20", f"steps={steps}") for c in cells(MODELS[model])
                 if c.kind == CODE]  # fmt: skip
        known: dict[str, Any] = {}
        for text in texts:
            exec(compile(text, "cell", "exec"), known)
        return texts, known

    return run


def test_both_sides_agree_until_one_is_changed(ran, capsys):
    (_, keras, raw, sides, *_), known = ran("perceptron")
    assert "0 ULP apart, the same bits after 2 steps" in capsys.readouterr().out
    changed = raw.replace("k.bias_add(k.matmul(x, self.w), self.b)", "k.matmul(x, self.w)")
    assert changed != raw
    for text in [keras, changed.replace("return z, []", "return z + 2.0 * self.b, []"), sides]:
        exec(compile(text, "cell", "exec"), known)
    walked = known["live"].walk(steps=3, learning_rate=0.5)
    assert walked[-1].ulp > 0


DIALLED = ("perceptron", "mlp-dropout", "convnet-batchnorm")
"""A dial for dropout, and statistics that move; the kernel below turns one of each model."""
TURNS = {"learning_rate": 0.5, "batch_size": 8, "dropout_rate": 0.1}


@pytest.mark.parametrize("model", quick_are(DIALLED, "perceptron"))
def test_a_dial_that_is_turned_trains_both_sides_anew(model, ran, monkeypatch):
    """What a widget's new value calls: each side's losses are others, and they agree to the bit."""
    pytest.importorskip("ipywidgets", reason=EXTRA)
    walks: list[list[Step]] = []
    monkeypatch.setattr(Live, "show", lambda live, walked: walks.append(walked))
    _, known = ran(model)
    dials = {w.description: w for w in known["turned"].widget.children if hasattr(w, "description")}
    named = [name for name in TURNS if name in dials]
    assert set(named) == set(TURNS) - (set() if MODELS[model].dropout_rate else {"dropout_rate"})
    assert len(walks) == 2  # the cell above, and the widgets as they are at first
    for name in named:
        dials[name].value = TURNS[name]
    assert len(walks) == 2 + len(named)
    for before, after in pairwise(walks[1:]):
        assert before[-1].raw != after[-1].raw
        assert before[-1].keras != after[-1].keras
    steps = [step for walk in walks for step in walk]
    assert [step.ulp for step in steps] == [0] * len(steps)
    assert [step.keras for step in steps] == pytest.approx([step.raw for step in steps], rel=1e-6)


@pytest.mark.full
def test_every_notebook_runs_in_a_kernel(gvk, tmp_path):
    """One after another in the same kernel, which takes longer to start than most to run."""
    for needed in ("jupytext", "ipykernel", "ipywidgets"):
        pytest.importorskip(needed, reason=EXTRA)
    nbclient = pytest.importorskip("nbclient", reason=EXTRA)
    nbformat = pytest.importorskip("nbformat", reason=EXTRA)
    whole, lengths = nbformat.v4.new_notebook(), {}
    for model in MODELS:
        assert gvk("notebook", model, "-o", f"{model}.ipynb")[0] == 0
        notebook = nbformat.read(tmp_path / f"{model}.ipynb", as_version=4)
        nbformat.validate(notebook)
        notebook.cells += [nbformat.v4.new_code_cell(text) for text in (TURN, LOOK)]
        lengths[model] = len(notebook.cells)
        whole.cells += notebook.cells
    for cell in whole.cells:
        cell.source = cell.source.replace("steps=20", "steps=2")
    done = iter(nbclient.NotebookClient(whole, timeout=300, kernel_name="python3").execute().cells)
    for model, length in lengths.items():
        outputs = [o for cell in islice(done, length) for o in cell.get("outputs", [])]
        looks_as_it_should(model, outputs)


TURN = """dial, out = turned.widget.children[0], turned.widget.out
before = [each.get("text", "") for each in out.outputs]
dial.value = 0.5"""
LOOK = """after = [each.get("text", "") for each in out.outputs]
print("turned:", *after, "as before" if before == after else "anew")"""
"""In a cell of its own: what a cell shows reaches the widget when the cell has run."""


def looks_as_it_should(model, outputs):
    """Assert that there is a figure, the distance, widgets that answer, and no other line."""
    assert any("image/png" in output.get("data", {}) for output in outputs), model
    assert any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)
    first, turned = [output["text"] for output in outputs if "text" in output]
    assert first.startswith(f"{model}: 0 ULP apart, the same bits after 2 steps"), first
    assert turned.startswith("turned:"), turned
    assert "0 ULP apart, the same bits after 2 steps" in turned
    assert turned.endswith("anew\n")
