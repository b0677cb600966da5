"""The screens of ``docs/exercises.md`` are what the program prints, to the letter."""

import re
from pathlib import Path

import pytest

from bench.exercises.tasks import gaps_of, written
from tests.bench.exercises.handing_in import filled

PAGE = (Path(__file__).parents[3] / "docs" / "exercises.md").read_text()
SCREENS = re.findall(r"^```text\n\$ (gvk [^\n]*)\n(.*?)^```", PAGE, re.M | re.S)
SUM = (
    "losses = -y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p)\n"
    "loss = tf.reduce_sum(losses)"
)  # fmt: skip
HANDED_IN = (None, written("perceptron"), filled("perceptron", {3: SUM}).text,
             filled("perceptron", {3: SUM}).text, written("perceptron", solved=True))  # fmt: skip
"""What ``perceptron.py`` holds at each screen of the page, as the page says above it."""


def test_the_page_says_what_is_handed_in_at_each_screen():
    assert len(SCREENS) == len(HANDED_IN)
    assert f"`{SUM.splitlines()[1]}`" in PAGE
    assert SUM.splitlines()[1] not in "\n".join(gaps_of("perceptron")[3].solution)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("number", range(len(HANDED_IN)))
def test_a_screen_is_what_is_printed(number, gvk, tmp_path):
    command, shown = SCREENS[number]
    if (text := HANDED_IN[number]) is not None:
        (tmp_path / "perceptron.py").write_text(text)
    _, out, err = gvk(*command.split()[1:])
    assert out == shown, err
