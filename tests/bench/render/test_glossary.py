import re
from pathlib import Path

import pytest

from bench.render.glossary import FILE, TERMS, anchor, glossary, linked
from bench.specs import ENGINES

ROOT = Path(__file__).parents[3]


def test_every_term_has_its_place_in_the_glossary():
    text = glossary()
    for term, (pattern, meaning) in TERMS.items():
        assert f"\n## {term}\n" in text
        assert meaning in text
        assert re.fullmatch(pattern, term), term


def test_the_glossary_names_every_engine():
    _, meaning = TERMS["Engine"]
    assert all(f"`{name}` ({engine.loop})" in meaning for name, engine in ENGINES.items())


@pytest.mark.parametrize(
    "text",
    [
        "```sh\ngvk engine\n```",
        "the `own loop` of",
        "# Of rungs",
        "| a | block |",
        "[twins](twins.md)",
        "![a control](x.svg)",
        "<summary>3 ULP</summary>",
        "a blockade",
    ],
)
def test_no_link_where_it_would_not_be_one(text):
    assert linked(text) == text


def test_only_the_first_use_is_linked_and_a_second_call_changes_nothing():
    text = "Twins and a twin.\n\nA shaken run, a noise floor and the noise."
    once = linked(text, "../glossary.md")
    assert once.count("](") == 3
    assert once.startswith("[Twins](../glossary.md#twin) and a twin.")
    assert linked(once, "../glossary.md") == once


@pytest.mark.parametrize("page", sorted((ROOT / "reports").rglob("*.md")), ids=lambda p: p.name)
def test_a_report_links_each_word_where_it_first_uses_it(page):
    if page.name == FILE:
        return
    text, target = page.read_text(), FILE if page.parent.name == "reports" else f"../{FILE}"
    assert linked(text, target) == text
    assert (page.parent / target).is_file()


def test_the_readme_links_each_word_where_it_first_uses_it():
    text = (ROOT / "README.md").read_text()
    assert linked(text, "reports/glossary.md") == text
    assert f"glossary.md#{anchor('Engine')}" in text
