"""Check the unseen pairs: python CHECK_FOLDER PATH_OF_THE_CASES'_check.py NAME...

Beyond what ``check.py`` says of a file, each mark is tried: with the marked line alone rewritten
(``repairs.json``) the loop must agree with ``fit``; of several faults each must show by itself.
"""

import contextlib
import importlib.util
import io
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PAIRS = HERE.parent
SCRATCH = tempfile.TemporaryDirectory()
AGREES, SHOWS = 1e-5, 1e-3  # as check.py has them


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


def find(lines, text):
    places = [i for i, line in enumerate(lines) if line.strip() == text]
    assert len(places) == 1, f"{len(places)} lines read {text!r}"
    return places[0]


def rewrite(source, marks, repairs, chosen):
    """Return the source with the chosen faults repaired, each where its mark stands."""
    lines = source.splitlines()
    for k in chosen:
        mark, repair = marks[k], repairs[k]
        i = find(lines, mark if mark is not None else repair["after"])
        space = lines[i][: len(lines[i]) - len(lines[i].lstrip())]
        if mark is None:
            deeper = "    " if lines[i].endswith(":") else ""
            lines.insert(i + 1, space + deeper + repair["add"])
        else:
            lines[i] = space + repair
    return "\n".join(lines) + "\n"


def loader(source):
    def load(name):
        path = Path(SCRATCH.name) / f"{name}_{abs(hash(source))}.py"  # AutoGraph reads the file
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        module.marks, module.LINE = as_tuple(getattr(module, "LINES", module.LINE)), None  # the marks are tried here
        return module

    return load


def run(check, name, source):
    """Return (error of fixed(), error of loop(), seconds) of one version of the file."""
    check.load, said = loader(source), io.StringIO()
    with contextlib.redirect_stdout(said):
        check.main(name)
    out = json.loads(said.getvalue().splitlines()[-1])
    errors = [
        max(out[f"{side}_w"], out[f"{side}_p"], out.get(f"{side}_m", 0))
        for side in ("fixed", "loop")
    ]
    return *errors, out["seconds"], out["moved"]


def verdict(check, name, repairs):
    source = (PAIRS / f"{name}.py").read_text()
    module = loader(source)(name)
    marks = module.marks
    assert len(marks) == len(as_tuple(getattr(module, "CAUSES", module.CAUSE))), "a mark for each cause"
    for mark in filter(None, marks):
        find(source.splitlines(), mark)
    fixed, loop, seconds, moved = run(check, name, source)
    said = [f"fixed {fixed:.1e}", f"loop {loop:.1e}", f"moved {moved:.1e}", f"{seconds:.0f} s"]
    if module.KIND == "none":
        return fixed <= AGREES and loop <= AGREES and marks == (None,), said
    good = fixed <= AGREES and loop > SHOWS and len(repairs) == len(marks)
    every = range(len(marks))
    whole = run(check, name, rewrite(source, marks, repairs, every))[1]
    said.append(f"repaired {whole:.1e}")
    good &= whole <= AGREES
    for k in every if len(marks) > 1 else ():
        alone = run(check, name, rewrite(source, marks, repairs, [j for j in every if j != k]))[1]
        said.append(f"fault {k + 1} alone {alone:.1e}")
        good &= alone > SHOWS
    return good, said


def main(path, *names):
    spec = importlib.util.spec_from_file_location("cases_check", path)
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    check.HERE = str(PAIRS)
    repairs = json.loads((HERE / "repairs.json").read_text())
    bad = []
    for name in names or sorted(p.stem for p in PAIRS.glob("*.py")):
        try:
            good, said = verdict(check, name, repairs.get(name, []))
        except Exception as error:
            good, said = False, [f"{type(error).__name__}: {str(error)[:300]}"]
        print("ok " if good else "BAD", name, *said, sep="  ", flush=True)
        bad += [] if good else [name]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
