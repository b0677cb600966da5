"""The file of a notebook: a script in jupytext's percent format, or that made a notebook."""

from pathlib import Path

from bench.errors import UserError
from bench.notebooks.cells import TEXT, Cell, cells
from bench.records.reading import write_whole
from bench.specs import ModelSpec

SCRIPT, NOTEBOOK = ".py", ".ipynb"
EXTRA = "pip install 'graph-vs-keras[notebook]'"


def as_script(spec: ModelSpec) -> str:
    """Return the notebook of a model in jupytext's percent format: plain Python."""
    return "\n\n".join(_in_percent(cell) for cell in cells(spec)) + "\n"


def _in_percent(cell: Cell) -> str:
    if cell.kind == TEXT:
        lines = [f"# {line}".rstrip() for line in cell.text.splitlines()]
        return "\n".join(["# %% [markdown]", *lines])
    return f"# %%\n{cell.text}"


def write(spec: ModelSpec, path: Path) -> None:
    """Write the notebook of a model: a script where the name ends in .py, else a notebook.

    Raises:
        UserError: the name ends otherwise, or what makes notebooks is not installed.
    """
    if path.suffix not in (SCRIPT, NOTEBOOK):
        raise UserError(f"--output {path}: name a file that ends in {NOTEBOOK} or in {SCRIPT}")
    script = as_script(spec)
    write_whole(path, (script if path.suffix == SCRIPT else _as_notebook(script)).encode())


def _as_notebook(script: str) -> str:
    try:
        import jupytext
    except ImportError as error:
        raise UserError(
            f"a notebook needs jupytext, which is not installed: {EXTRA}, or name a file that ends "
            f"in {SCRIPT}"
        ) from error
    notebook = jupytext.reads(script, fmt="py:percent")
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python"
    }  # fmt: skip
    return str(jupytext.writes(notebook, fmt="ipynb"))
