"""A user's file edited: where its lines come from, and what is kept."""

import ast

import pytest

from bench.errors import UserError
from bench.slow.edits import kept_call, kept_function
from bench.slow.source import CannotEditError, named, source_of, statement_at
from bench.slow.suspects_eager import _apart
from bench.slow.suspects_keras import STEP, _at_once, _own_step

TEXT = '''"""A file."""

import tensorflow as tf


class Loop:
    # a comment
    def step(self, x):

        made = tf.function(self.inner)

        return made(x)
'''


def _source(tmp_path, text):
    file = tmp_path / "pair.py"
    file.write_text(text)
    (tmp_path / "edited").mkdir()
    return source_of(file, tmp_path / "edited")


def _call(source, text):
    return next(n for n in ast.walk(source.tree) if isinstance(n, ast.Call)
                and ast.unparse(n) == text)  # fmt: skip


def _edited(source, change, text):
    uid = _call(source, text).uid
    return ast.unparse(source.edited(lambda tree: change(tree, named(tree, uid))).tree)


def test_an_edited_line_knows_where_it_comes_from(tmp_path):
    source = _source(tmp_path, TEXT)
    call = _call(source, "tf.function(self.inner)")
    edited = source.edited(lambda tree: kept_call(tree, named(tree, call.uid)))
    text = edited.path.read_text().splitlines()
    lines = {line.strip(): edited.line(number) for number, line in enumerate(text, 1)}
    assert lines["return made(x)"] == 12
    made = [edited.line(n) for n, line in enumerate(text, 1) if "tf.function(" in line]
    assert made == [10]
    assert edited.text(10) == "made = tf.function(self.inner)"


def test_what_is_kept_is_made_once(tmp_path):
    source = _source(tmp_path, "n = 0\ndef make():\n    global n\n    n += 1\n    return n\n"
                               "def step():\n    return make()\n")  # fmt: skip
    uid = _call(source, "make()").uid
    module = source.edited(lambda tree: kept_call(tree, named(tree, uid))).load()
    assert [module.step(), module.step()] == [1, 1]


def test_what_an_inner_function_captures_is_handed_to_it(tmp_path):
    source = _source(tmp_path, "def step(x):\n    def inner():\n        return x + 1\n"
                               "    return inner()\n")  # fmt: skip
    inner = next(n for n in ast.walk(source.tree) if getattr(n, "name", "") == "inner")
    stale = source.edited(lambda tree: kept_function(tree, inner.uid, False)).load()
    fresh = source.edited(lambda tree: kept_function(tree, inner.uid, True)).load()
    assert [stale.step(1), stale.step(5)] == [2, 2]
    assert [fresh.step(1), fresh.step(5)] == [2, 6]


@pytest.mark.parametrize(
    ("text", "call", "loop"),
    [
        ("for s in x:\n        out.append(m.predict(s[None])[0])", "m.predict(s[None])",
         "for _i, s in enumerate(x):"),
        ("for i in range(len(x)):\n        out.append(m(x[i:i + 1])[0])", "m(x[i:i + 1])",
         "for i in range(len(x)):"),
        ("for k, s in enumerate(x):\n        out.append(m(s[None])[0])", "m(s[None])",
         "for k, s in enumerate(x):"),
        ("for s, t in zip(x, y):\n        out.append(m(s[None])[0])", "m(s[None])",
         "for _i, (s, t) in enumerate(zip(x, y)):"),
        ("out = [m(s[None])[0] for s in x]", "m(s[None])", "for _i, s in enumerate(x)"),
    ],
)  # fmt: skip
def test_samples_are_asked_for_at_once(tmp_path, text, call, loop):
    source = _source(tmp_path, f"def f(m, x, y, out):\n    {text}\n    return out\n")
    after = _edited(source, lambda tree, node: _at_once(tree, node.uid), call)
    assert loop in after
    assert "_all = m" in after
    assert "(x)" in after.split("_all = m")[1].splitlines()[0]


def test_a_compiled_step_stands_for_train_on_batch(tmp_path):
    text = "import keras\ndef f(m, x, y):\n    return m.train_on_batch(x, y)\n"
    source = _source(tmp_path, text)
    after = _edited(
        source, lambda tree, node: _own_step(tree, node.uid, STEP), "m.train_on_batch(x, y)"
    )
    assert "_kept['compiled_step'] = _compiled_step(m)" in after
    assert "return _kept['compiled_step'](x, y)" in after
    assert after.count("def _compiled_step") == 1


def test_statements_become_a_function_with_what_they_need(tmp_path):
    text = ("def fit(xs):\n    total = 0\n    for x in xs:\n        a = x + 1\n        b = a * 2\n"
            "        total += b\n    return total\n")  # fmt: skip
    source = _source(tmp_path, text)
    loop = next(n for n in ast.walk(source.tree) if isinstance(n, ast.For))
    uids = [s.uid for s in loop.body[:2]]
    after = ast.unparse(source.edited(lambda tree: _apart(tree, uids)).tree)
    assert "def _compiled_fit(x):" in after
    assert "b, = _compiled_fit(x)" in after.replace("(b,)", "b,")


def test_a_place_that_is_gone_is_no_edit(tmp_path):
    source = _source(tmp_path, TEXT)
    with pytest.raises(CannotEditError):
        named(source.tree, 10**6)
    assert statement_at(source.tree, 10**6) is None


def test_what_is_no_python_is_said_in_one_line(tmp_path):
    with pytest.raises(UserError, match=r"pair\.py: cannot be read as Python"):
        _source(tmp_path, "def :")
