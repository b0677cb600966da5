"""How mistakes show in numbers, in draws and in layers, and that there are words for each."""

import re
from pathlib import Path

import numpy as np
import pytest

from bench.exercises import draws, edits, kinds, layers, shows
from bench.exercises.beside import Pass
from bench.exercises.draws import drawn
from bench.exercises.edits import Edit
from bench.exercises.show_words import of_show
from bench.exercises.shows import Show, shown

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(16, 10))
P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
B = RNG.uniform(0.2, 0.6, 10)
A = RNG.uniform(0.1, 0.9, (16, 10))


def squashed(v):
    return 1 / (1 + np.exp(-v))


@pytest.mark.parametrize(
    ("kind", "ours", "right"),
    [
        ("shape", Z[:, :9], Z), ("transposed", Z.T, Z), ("no-number", None, Z),
        ("one-number", Z[0], np.float64(3.0)), ("not-finite", 0 * Z + np.inf, Z),
        ("zeros", 0 * Z, Z),
        ("same-for-all", 0 * P + 1, P), ("sign", -Z, Z), ("sum-or-mean", 16 * Z, Z),
        ("sum-or-mean", Z / 10, Z), ("factor", 1.7 * Z, Z), ("term", Z + 0.3, Z + 0.0),
        ("sum-or-mean-inside", Z + np.log(10), Z), ("bias", Z - B, Z), ("squashed", squashed(Z), Z),
        ("not-squashed", Z, squashed(Z)), ("squashed-twice", squashed(P), P),
        ("logarithm", P, np.log(P)), ("root", np.abs(Z), Z**2), ("order", Z[:, ::-1], Z),
        ("cut-not-last", np.maximum(Z - B, 0) + B, np.maximum(Z, 0)),
        ("axis", np.exp(Z) / np.exp(Z).sum(0), P), ("factor-of:a", Z * A, Z * A * (1 - A)),
        ("still:a", A, Z),
    ],
)  # fmt: skip
def test_a_relation_is_seen(kind, ours, right):
    before = {"a": A, "b": B} if kind in ("bias", "factor-of:a", "still:a") else {}
    passes = [Pass(16, before, {"z": each}, ended=True) for each in (ours, right)]
    with np.errstate(all="ignore"):
        found = shown(passes[:1], passes[1:])
    assert found is not None
    assert (found.kind, found.of) == (kind, "z")
    assert of_show(found)


@pytest.mark.parametrize(
    ("kind", "moves"),
    [("never-moves", 0.0), ("other-way", -1.0), ("step-length", 3.0), ("not-kept", None)],
)
def test_how_a_variable_moves_wrongly_is_seen(kind, moves):
    step = RNG.normal(size=Z.shape)
    after = step if moves is None else Z + moves * step
    passes = [
        Pass(16, {"w": Z}, {"w": each}, frozenset({"w"}), ended=True) for each in (after, Z + step)
    ]
    found = shown(passes[:1], passes[1:])
    assert found is not None
    assert found.kind == kind


def test_numbers_that_say_nothing_say_nothing():
    right, other = (Pass(16, {}, {"z": z}, ended=True) for z in (Z, RNG.normal(size=Z.shape)))
    assert shown([other], [right]) is None
    assert shown([right], [right]) is None


def dropout_passes(seed, keep=0.5, scale=2.0, shape=None, once=False):
    rng = np.random.default_rng(0 if once else seed)
    found = []
    for rows in (16, 10):
        into = A[:rows].repeat(20, axis=1)
        rng = np.random.default_rng(0) if once else rng
        mask = rng.random(shape or into.shape) < keep
        found.append(Pass(rows, {"a": into}, {"a": into * mask * scale}))
    return found


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("share", {"keep": 0.7, "scale": 1 / 0.7}), ("scale", {"scale": 1.0}),
        ("drawn-together", {"shape": (1, 200)}), ("nothing-drawn", {"keep": 1.1}),
        ("unchanged", {"keep": 1.1, "scale": 1.0}),
        ("drawn-once", {"once": True}), (None, {}),
    ],
)  # fmt: skip
def test_what_draws_are_like_is_seen(kind, how):
    found = drawn(dropout_passes(1, **how), dropout_passes(2), dropout_passes(3, **how))
    assert (found and found.kind) == kind


def test_there_are_words_for_whatever_shows():
    """Kinds stand in the source; one without words would end a grade in an error."""
    said = set()
    for module in (shows, kinds, draws, layers):
        source = Path(module.__file__).read_text()
        said |= set(re.findall(r'(?:Show\(|return |return \(|else )"([a-z-]+)"', source))
    said |= {f"{kind}-in-prediction" for kind in ("changed", "unchanged")}
    code = ["d = -tf.reduce_mean(tf.nn.relu(tf.matmul(a, w)) - b * tf.exp(2.0), axis=0)"]
    changed = {edit.kind for edit in edits.edits(code, ["a", "b", "w"])}
    assert len(changed) == 16
    said |= {f"edit-{kind}" for kind in changed}
    said -= {shows.UNSEEN}
    assert len(said) > 40
    assert all(of_show(Show(kind, "z")) for kind in said)


def test_a_slip_of_the_pen_is_one_edit_away():
    changed = list(edits.edits(["  d = tf.matmul(a, w) - b  # so"], ["a", "b", "w"]))
    assert Edit("names-exchanged", "d = tf.matmul(w, a) - b", 1) in changed
    assert Edit("swapped", "d = b - tf.matmul(a, w)", 1) in changed
    assert Edit("sign", "d = tf.matmul(a, w) + b", 1) in changed
    assert Edit("term-extra", "d = tf.matmul(a, w)", 1) in changed
    assert Edit("activation", "d = tf.nn.sigmoid(tf.matmul(a, w) - b)", 1) in changed
    assert len({code for _, code, _ in changed}) == len(changed)
