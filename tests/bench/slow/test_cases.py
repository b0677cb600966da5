"""Own slow programs: each is as its file says, and what makes it slow is seen by counting alone.

No time decides here: a cause is among the suspects, on its line, and what it is taken away by runs
and keeps the numbers. Whether that helps is measured by ``gvk scorecard --speed`` on this folder.
"""

import time
from pathlib import Path

import pytest

from bench.diagnose.marks import known, stripped
from bench.diagnose.scorecard import plain_line

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
OTHERS = Path(__file__).parents[1] / "diagnose" / "cases"
CAUSES = {
    "assign_in_graph": "graph-grows",
    "debugging_left_on": "run-eagerly",
    "eager_epochs": "not-compiled",
    "eager_loop": "not-compiled",
    "evaluated_each_step": "evaluates-each-time",
    "fit_each_batch": "fit-for-each",
    "fit_each_epoch": "fit-for-each-epoch",
    "function_rebuilt": "function-made-anew",
    "gradients_in_turn": "not-compiled",
    "loss_as_lambda": "retraced-by-object",
    "loss_list_grows": "grows",
    "metrics_by_hand": "runs-ops-each-time",
    "norms_each_step": "reads-each-time",
    "numbers_one_by_one": "converted-each-time",
    "pipeline_each_step": "pipeline-for-each-batch",
    "pipeline_in_python": "pipeline-maps-anew",
    "predict_one_by_one": "sample-by-sample",
    "rate_as_python_float": "retraced-by-value",
    "retrace_by_length": "retraced-by-shape",
    "retrace_python_int": "retraced-by-value",
    "rows_through_fit_pipeline": "sample-by-sample",
    "saved_each_step": "saves-each-time",
    "step_defined_in_step": "function-made-anew",
    "two_anew_and_saved": "function-made-anew",
    "train_on_batch_each_sample": "train-on-batch-for-each",
}
QUICK = ("function_rebuilt", "assign_in_graph", "none_keeps_its_losses")


def _files():
    slow = [f for f in sorted(OTHERS.glob("*.py")) if known(f).kind == "speed"]
    for file in [*CASES, *slow]:
        marks = [] if file.stem in QUICK else [pytest.mark.full]
        yield pytest.param(file, id=file.stem, marks=marks)


@pytest.mark.parametrize("file", list(_files()))
def test_what_is_slow_is_among_the_suspects(file, tmp_path):
    """Seen by counts, on its line; its edit runs, and comes to the same weights or answers."""
    from bench.slow.climb import Climb
    from bench.slow.ways import FIT, PREDICT, built, ways_of

    blind = tmp_path / "pair.py"
    blind.write_text(stripped(file.read_text()))
    (tmp_path / "edited").mkdir()
    truth, pair, source = known(file), *_prepared(blind, tmp_path / "edited")
    way = ways_of(built(pair.loop, "loop", pair), built(pair.reference, "reference", pair))[0]
    if "predict" in file.stem or "rows_through" in file.stem:
        way = PREDICT
    way = FIT if "def fit(" in file.read_text() else way
    climb = Climb(source, "loop", pair, time.monotonic() + 60, lambda text: None)
    scene, noise, steps = climb._watched(way)
    told = [s for s in climb._worth_trying(scene) if s.name == CAUSES.get(file.stem)]
    if truth.kind == "none":
        assert [s.name for s in climb._worth_trying(scene) if s.counted] == []
        return
    base = climb._warm(source, way, steps)
    kept = [suspect for suspect, *_ in climb._trials(told, way, base, noise, steps)]
    assert kept, told
    line = truth.lines[0]
    assert line is None or plain_line(line) in {plain_line(source.text(s.line)) for s in kept}


@pytest.mark.full
def test_what_traces_only_until_every_shape_was_seen_is_seen_on_a_fast_machine(
    tmp_path, monkeypatch
):
    """Looking for what grows walks a whole epoch there, and nothing is new in the second."""
    from bench.slow import climb as climbing
    from bench.slow.ways import STEP

    monkeypatch.setattr(climbing, "PROBE_SECONDS", 60.0)
    pair, source = _prepared(OTHERS / "retrace_by_length.py", tmp_path)
    climb = climbing.Climb(source, "loop", pair, time.monotonic() + 60, lambda text: None)
    scene, *_ = climb._watched(STEP)
    assert [s.name for s in climb._worth_trying(scene)] == ["retraced-by-shape"]


def _prepared(blind, folder):
    from bench.diagnose.pair import pair_of_files
    from bench.slow.api import shortened
    from bench.slow.source import source_of

    return shortened(pair_of_files((str(blind),), "loop", "reference", "DATA")), source_of(
        blind, folder
    )


def test_there_are_enough_of_them():
    kinds = [known(file).kind for file in CASES]
    assert (kinds.count("speed"), kinds.count("none")) == (18, 2)
    assert {f.stem for f in CASES if known(f).kind == "speed"} <= set(CAUSES)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_the_known_line_stands_in_the_file(file):
    text = [each.strip() for each in file.read_text().splitlines()]
    assert all(line is None or line in text for line in known(file).lines)
