"""What a report shows of the source is the source: found by name, counted once, never stale."""

import inspect

import pytest

from bench.explain.concepts import concepts_of, totals
from bench.explain.excerpts import Excerpt, LineGone, Size, size, source
from bench.explain.form import Form
from bench.specs import MODELS, OPTIMIZERS

FORMS = [Form(optimizer=name) for name in OPTIMIZERS]


def every_excerpt():
    each = [concept for form in FORMS for s in MODELS.values() for concept in concepts_of(s, form)]
    found = [e for concept in each for e in (*concept.keras, *concept.raw, *concept.written_out)]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("excerpt", every_excerpt(), ids=lambda e: f"{e.place} {e.lines}")
def test_every_line_that_a_concept_names_is_there(excerpt):
    code = source(excerpt)
    assert code.strip()
    for wanted in excerpt.lines:
        assert wanted in code


@pytest.mark.parametrize("excerpt", every_excerpt(), ids=lambda e: f"{e.place} {e.lines}")
def test_no_line_is_wider_than_a_page(excerpt):
    """GitHub's column is 830 px at the least, less 32 px of padding; 13.6 px monospaced is 8.2."""
    assert max(map(len, source(excerpt).splitlines())) <= (830 - 32) / 8.2
    assert len(f"# {excerpt.place}: on the page What Keras hides") <= (830 - 32) / 8.2


def test_a_function_is_shown_as_it_is_but_for_its_docstring():
    import rawtf.optimizers

    shown = source(Excerpt("rawtf/optimizers.py", "SGD.rule"))
    live = inspect.getsource(rawtf.optimizers.SGD.rule)
    assert '"""' not in shown
    assert shown.splitlines()[-1].strip() == live.splitlines()[-1].strip()
    assert shown.startswith("def rule(")


@pytest.mark.parametrize(
    ("excerpt", "words"),
    [
        (Excerpt("rawtf/nowhere.py"), "no such file"),
        (Excerpt("nowhere/x.py"), "no package nowhere"),
        (Excerpt("rawtf/mlp.py", "MLP.gone"), "no gone"),
        (Excerpt("rawtf/mlp.py", "MLP.forward", ("dense_9",)), "no line has 'dense_9'"),
    ],
)
def test_a_line_that_is_gone_is_named(excerpt, words):
    with pytest.raises(LineGone, match=words):
        source(excerpt)


def test_what_excerpts_share_is_counted_once():
    whole = Excerpt("rawtf/losses.py", "mean")
    part = Excerpt("rawtf/losses.py", "mean", ("return",))
    assert size([whole, part]) == size([whole]) == Size(lines=2, calls=3)
    assert size([part]) == Size(lines=1, calls=3)


def test_a_model_is_a_few_lines_of_keras_and_many_by_hand():
    for spec in MODELS.values():
        keras, raw = totals(concepts_of(spec))
        assert keras.lines < raw.lines / 4
        assert keras.calls < raw.calls / 4


def test_every_concept_of_the_workshop_is_explained():
    names = {c.name for spec in MODELS.values() for c in concepts_of(spec)}
    assert names >= {
        "initialisation", "forward pass", "activation", "loss", "gradient", "optimizer step",
        "metrics", "batching", "training loop", "dropout's random state",
        "batch norm's two modes", "prediction", "saving",
    }  # fmt: skip
    for spec in MODELS.values():
        for concept in concepts_of(spec):
            assert concept.faults, f"{spec.name}: nothing can go wrong at {concept.name}?"
            assert concept.raw
            assert bool(concept.keras) != bool(concept.no_line)
