"""Notebooks: what stands in them, how they are written, and that they run."""

import ast
import json
import re
import sys

import pytest

from bench.notebooks.cells import CODE, TEXT, cells
from bench.notebooks.writing import as_script
from bench.specs import MODELS

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


def test_code_of_a_notebook_runs_and_both_sides_agree_until_one_is_changed(monkeypatch, capsys):
    """In this process: the registry that its cells change is set back, and nothing is shown."""
    import matplotlib as mpl

    from bench import twins

    mpl.use("agg")
    monkeypatch.setitem(twins.TWINS, "perceptron", twins.TWINS["perceptron"])
    *made, walk, _ = [c.text for c in cells(MODELS["perceptron"]) if c.kind == CODE]
    known: dict[str, object] = {}
    for text in [*made, walk.replace("20", "3")]:
        exec(compile(text, "cell", "exec"), known)
    assert "0 ULP apart, the same bits after 3 steps" in capsys.readouterr().out
    changed = made[1].replace("k.bias_add(k.matmul(x, self.w), self.b)", "k.matmul(x, self.w)")
    assert changed != made[1]
    for text in [made[0], changed.replace("return z, []", "return z + 2.0 * self.b, []"), made[2]]:
        exec(compile(text, "cell", "exec"), known)
    walked = known["live"].walk(steps=3, learning_rate=0.5)
    assert walked[-1].ulp > 0


@pytest.mark.full
@pytest.mark.parametrize("model", ["perceptron", "mlp-dropout"])
def test_a_notebook_runs_in_a_kernel(model, gvk, tmp_path):
    for needed in ("jupytext", "ipykernel", "ipywidgets"):
        pytest.importorskip(needed, reason=EXTRA)
    nbclient = pytest.importorskip("nbclient", reason=EXTRA)
    nbformat = pytest.importorskip("nbformat", reason=EXTRA)
    assert gvk("notebook", model, "-o", "it.ipynb")[0] == 0
    notebook = nbformat.read(tmp_path / "it.ipynb", as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("steps=20", "steps=3")
    done = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    said = "".join(output.get("text", "") for output in outputs)
    assert "0 ULP apart, the same bits after 3 steps" in said
    assert any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)
