"""What a ratio and its controls allow to be said."""

import pytest

from bench.stats.intervals import Ratio
from bench.stats.verdicts import judge, off_by, worst_exit_code

AT_ONE = Ratio(1.0, 0.99, 1.01, 12)
OFF = Ratio(1.05, 1.02, 1.08, 12)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (1.5, 1.7, "faster"),
        (0.5, 0.7, "slower"),
        (0.99, 1.01, "equivalent"),
        (1.001, 1.019, "equivalent"),  # a difference, and smaller than any that counts
        (0.97, 1.01, "inconclusive"),
        (0.9, 1.2, "inconclusive"),
        (1.01, 1.05, "faster"),
        (0.0, float("inf"), "inconclusive"),
    ],
)
def test_the_word_follows_from_the_interval(low, high, word):
    assert judge(Ratio(1.0, low, high, 12), [AT_ONE], margin=0.02).word == word


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (1.9, 2.1, "faster"),
        (0.5, 0.6, "slower"),
        (1.05, 1.12, "inconclusive"),  # the control is off by up to 1.08
        (0.93, 0.97, "inconclusive"),
        (0.99, 1.01, "inconclusive"),  # two builds of one program are not within the margin
    ],
)
def test_a_verdict_has_to_hold_by_more_than_a_control_is_off(low, high, word):
    found = judge(Ratio((low * high) ** 0.5, low, high, 12), [AT_ONE, OFF])
    assert found.word == word
    if word == "inconclusive":
        assert "1.050 (1.020 to 1.080)" in found.why
    else:
        assert found.why.endswith("by more than a control is off")


def test_a_control_below_one_is_off_by_as_much_the_other_way():
    assert off_by([Ratio(0.8, 0.75, 0.9, 12), AT_ONE]) == pytest.approx(1 / 0.75)
    assert off_by([AT_ONE]) == off_by([]) == 1.0


def test_the_margin_decides_what_is_equivalent():
    ratio = Ratio(1.0, 0.96, 1.04, 12)
    assert judge(ratio, [], margin=0.02).word == "inconclusive"
    assert judge(ratio, [], margin=0.05).word == "equivalent"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["faster", "equivalent"], 0),
        (["faster", "inconclusive"], 3),
        (["inconclusive", "slower"], 1),
    ],
)
def test_the_exit_code_is_the_worst(words, code):
    assert worst_exit_code(words) == code
