"""What a page shows outside a fold ran: trained, predicted, saved and loaded under a tracer.

A line that Python itself runs is seen by ``sys.settrace``. One that is traced into a graph runs as
AutoGraph's copy of it; there each operation of the graph says from which lines it came.
"""

import re
import sys
import tempfile
import threading
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.explain.chapter import chapter, shared_chapter
from bench.explain.concepts import concepts_of, shared_concepts
from bench.explain.excerpts import line_numbers, source
from bench.explain.form import Form
from bench.report.two_prices import STEP
from bench.specs import MODELS, OPTIMIZERS, default_config
from bench.training import epochs
from tests.quick import quick_are

ROOT = Path(__file__).parents[3]
SOURCES = tuple(str(ROOT / folder) for folder in ("rawtf", "keras_impl", "bench/stats"))
FUSED, BY_HAND = Form(), Form("primitive", "manual")


class Lines:
    """Which lines of the project's own source were run, and which operations were called."""

    def __init__(self):
        self.seen, self.called = set(), set()

    def __enter__(self):
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(None)
        threading.settrace(None)

    def of_graph(self, graph):
        """Add the lines that the operations of a graph came from."""
        for operation in graph.get_operations():
            for frame in operation.traceback:
                self._add(frame.filename, frame.lineno)

    def noted(self, _, op):
        """Return an operation that is noted when it is called."""

        def run(*given):
            self.called.add(op)
            return op(*given)

        return run

    def has(self, excerpt):
        """Return whether an excerpt was run; of another name for a function, whether that was."""
        if source(excerpt).startswith(f"{excerpt.symbol} = "):
            module = import_module(excerpt.file.removesuffix(".py").replace("/", "."))
            return getattr(module, excerpt.symbol) in self.called
        return any((excerpt.file, number) in self.seen for number in line_numbers(excerpt))

    def _trace(self, frame, event, _):
        if not frame.f_code.co_filename.startswith(SOURCES):
            return None
        if event == "line":
            self._add(frame.f_code.co_filename, frame.f_lineno)
        return self._trace

    def _add(self, file, line):
        if file.startswith(SOURCES):
            self.seen.add((str(Path(file).relative_to(ROOT)), line))


@cache
def ran(model, form):
    """Return what a few steps of both sides ran, a prediction, and a file and back."""
    dials = {"kernels": form.kernels, "gradients": form.gradients, "optimizer": form.optimizer}
    config = default_config(model, batch_size=32, epochs=1, **dials)
    data = dataset_for(config.spec, "digits", 80)
    x, y = twins.inputs_and_targets(config, data.train)
    with Lines() as lines, tempfile.TemporaryDirectory() as folder:
        weights = twins.initial_weights(config)
        raw = twins.raw_engine(config, weights, wrap_kernels=lambda k: k.each(lines.noted))
        keras = twins.keras_engine(config, weights)
        list(epochs.train(raw, config, data, [np.arange(len(x))]))
        keras.train(x, y, config.batch_size, epochs=1)
        for engine, file in ((raw, Path(folder, "raw.npz")), (keras, Path(folder, "both.keras"))):
            epochs.test(engine, config, data)
            twins.save(file, engine)
            engine.set_state(*twins.load(file, config.dtype))
        if form == BY_HAND:  # padding makes no operation, so that no graph tells of it
            twins.raw_engine(config.but(engine="eager"), weights).train_on_batch(x[:8], y[:8])
        own_loop = twins.keras_engine(config.but(keras_engine="own_loop"), weights)
        own_loop.train_on_batch(x, y)
    for traced in (raw.step, raw.forward, own_loop.step):
        lines.of_graph(traced.get_concrete_function().graph)
    return lines


def not_run(text, concepts, *runs):
    """Return which code that stands outside the folds of a page none of the runs went through."""
    unfolded = re.sub("<details>.*?</details>", "", text, flags=re.S)
    named = set(re.findall(r"^# (\w+/[\w/]+\.py: [\w.]+)$", unfolded, re.M))
    every = {e for c in concepts for e in (*c.keras, *c.raw, *c.written_out)}
    shown = [e for e in every if f"# {e.place}\n{source(e)}\n" in unfolded]
    assert {excerpt.place for excerpt in shown} == named != set()
    return [excerpt.place for excerpt in shown if not any(run.has(excerpt) for run in runs)]


def page_of(spec, form):
    return chapter(spec, {spec.name: form}, lambda page: f"{page}.md", "")


@pytest.mark.parametrize("name", quick_are(MODELS, "perceptron", "mlp"))
def test_what_a_models_page_shows_ran(name):
    spec = MODELS[name]
    assert not_run(page_of(spec, FUSED), concepts_of(spec), ran(name, FUSED)) == []


def test_what_the_page_of_all_models_shows_ran():
    runs = [ran(name, FUSED) for name in ("perceptron", "mlp")]
    assert not_run(shared_chapter({}, ""), shared_concepts(), *runs) == []
    assert all(run.has(STEP) for run in runs)


@pytest.mark.full
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_page_shows_the_rule_of_the_optimizer_that_ran(optimizer):
    form = Form(optimizer=optimizer)
    runs = [ran("perceptron", form), ran("mlp", FUSED)]
    assert not_run(shared_chapter({"perceptron": form}, ""), shared_concepts(form), *runs) == []


@pytest.mark.full
def test_a_page_shows_what_is_written_out_where_that_ran():
    every = [ran(name, BY_HAND) for name in ("perceptron", "mlp", "convnet-full")]
    for spec, run in ((MODELS["perceptron"], every[0]), (MODELS["convnet-full"], every[2])):
        assert not_run(page_of(spec, BY_HAND), concepts_of(spec, BY_HAND), run) == []
    text = shared_chapter({"perceptron": BY_HAND}, "")
    assert not_run(text, shared_concepts(BY_HAND), *every) == []


def test_code_that_did_not_run_is_found():
    """The fault that this file is for: formulas shown for a run of TensorFlow's own operations."""
    spec = MODELS["mlp"]
    found = not_run(page_of(spec, BY_HAND), concepts_of(spec, BY_HAND), ran("mlp", FUSED))
    assert "rawtf/activations.py: softmax_primitive" in found
    assert "rawtf/mlp.py: MLP.forward" not in found
    found = not_run(
        shared_chapter({"mlp": BY_HAND}, ""), shared_concepts(BY_HAND), ran("mlp", FUSED)
    )
    assert {"rawtf/tape.py: Tape.gradient", "rawtf/step.py: backward_by_hand"} <= set(found)
