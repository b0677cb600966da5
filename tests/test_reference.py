"""The reference of the command line says what the command line says."""

from pathlib import Path

from bench.cli import gvk
from bench.reference import reference

FILE = Path(__file__).parents[1] / "docs" / "reference.md"


def test_the_reference_is_made_from_the_commands():
    assert FILE.read_text() == reference(), "run: python -m bench.reference > docs/reference.md"


def test_every_verb_and_every_option_has_its_words():
    for name in gvk.commands:
        assert f"## gvk {name}" in reference()
    rows = [line for line in reference().splitlines() if line.startswith("| --")]
    assert rows
    for row in rows:
        assert row.split("|")[2].strip() or "\\|" in row, row
