"""What is counted beneath a line."""

import importlib.util

import numpy as np
import pytest

from bench.slow.spy import Spy

TEXT = """
import numpy as np
import tensorflow as tf

@tf.function
def twice(x, n):
    return 2 * x

def by_number(n):
    return twice(tf.constant(1.0), n)

def by_shape(n):
    x = np.zeros(n + 1, "float32")
    return twice(x, 0)

def anew(n):
    made = tf.function(lambda x: x + 1)
    return made(tf.constant(1.0))

def eager(n):
    x = tf.constant(1.0)
    x = x + 1.0
    return float(x * 2.0)

def pipeline(n):
    for x in tf.data.Dataset.range(2):
        pass
"""


@pytest.fixture
def seen(tmp_path):
    path = tmp_path / "user.py"
    path.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("user_of_the_spy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def watched(name):
        spy = Spy(path)
        getattr(module, name)(100)
        for n in range(3):
            with spy.watching():
                getattr(module, name)(n)
            spy.seen.steps += 1
        return spy.seen

    return watched


def _line(text):
    return next(i for i, line in enumerate(TEXT.splitlines(), 1) if line.strip() == text)


def test_a_number_that_changes_is_traced_each_time(seen):
    calls = seen("by_number").calls
    assert [call.traced for call in calls] == [True] * 3
    assert [call.arguments[1] for call in calls] == [(("number", n),) for n in range(3)]
    assert {call.line for call in calls} == {_line("return twice(tf.constant(1.0), n)")}


def test_a_shape_that_changes_is_described(seen):
    calls = seen("by_shape").calls
    assert [call.arguments[0] for call in calls] == [(("shape", (n + 1,)),) for n in range(3)]


def test_a_function_made_anew_has_its_line(seen):
    made = seen("anew").of_event("function made")
    assert made == {_line("made = tf.function(lambda x: x + 1)"): 3}


def test_ops_and_reads_are_counted_at_their_lines(seen):
    found = seen("eager")
    assert found.of_event("op") == {_line("x = x + 1.0"): 3, _line("return float(x * 2.0)"): 3}
    assert found.of_event("read")[_line("return float(x * 2.0)")] >= 3


def test_pipelines_are_counted_and_hooks_are_taken_out(seen):
    import sys

    found = seen("pipeline").of_event("dataset made")
    assert set(found) == {_line("for x in tf.data.Dataset.range(2):")}
    assert sys.gettrace() is None or "pytest" in repr(sys.gettrace())
    assert sys.getprofile() is None
    assert np.isfinite(seen("pipeline").seconds)
