"""The figures of a ladder follow from its blocks."""

import pytest

from bench.ladder import summary as ladder_summary
from bench.ladder.lines import ladder_lines
from bench.ladder.rungs import CONTROL, LADDER, PLAIN, WHOLE
from bench.ladder.table import ladder_table, make_figure
from bench.records.reading import plain
from bench.render.svg import svg
from bench.stats.combining import difference, quotient
from bench.stats.intervals import Estimate
from tests.bench.ladder.hand_made import SPEEDS, summed


def test_costs_shares_and_checks_of_hand_made_blocks():
    found = summed()
    assert [rung["us"] for rung in found["rungs"]] == pytest.approx([100.0] * 14)
    assert [rung["share"] for rung in found["rungs"]] == pytest.approx([1 / 14] * 14)
    assert found["bottom"]["us"] == pytest.approx(1000)
    assert found["top"]["us"] == pytest.approx(2400)
    assert found["sum"]["us"] == pytest.approx(1400)
    assert found["direct"]["us"] == pytest.approx(1400)
    assert found["fit"]["us"] == pytest.approx(1200)  # neither progress bar nor validation
    assert [option["us"] for option in found["sideways"]] == pytest.approx([-500, 0, 1000, -200])
    assert found["sideways"][0]["won"] == pytest.approx(500 / 1200)
    assert found["agrees"]
    assert found["control"]["ratio"] == pytest.approx(1)
    assert found["control"]["holds"]


def test_the_advice_follows_from_the_figures():
    advice = summed()["advice"]
    assert "1,200 us a step more than the barest epoch, 55% of its step" in advice
    assert "steps_per_execution=32 wins back 42% of it (42% to 42%)" in advice
    assert "autotune.enabled=False wins back 17% of it (17% to 17%)" in advice
    assert "run_eagerly=True adds 1,000 us" in advice
    assert "jit_compile" not in advice
    slow = {rung.name: 1e5 + us for rung, us in zip(LADDER, SPEEDS.values(), strict=False)}
    everywhere = {"rung": slow, WHOLE: slow}
    assert "to drop below Keras buys little here" in summed(everywhere)["advice"]
    # fit itself costs nothing here, the progress bar all that there is
    bar = [rung.name for rung in LADDER].index("progress bar")
    flat = {rung.name: 1000.0 + 300.0 * (n >= bar) for n, rung in enumerate(LADDER)}
    free = dict.fromkeys(("rung", WHOLE), SPEEDS | flat)
    assert "cannot be told from nothing" in summed(free)["advice"]
    assert "steps_per_execution=32 takes 500 us off a step of `fit`" in summed(free)["advice"]
    unchanged = {"sideways": dict.fromkeys(SPEEDS, 1900.0)}
    assert "no option of `compile` or `tf.data` wins anything" in summed(unchanged)["advice"]


def test_an_xla_that_is_slower_is_left_out_and_named():
    slower = {"left out": SPEEDS | {LADDER[0].name: 9000.0}}
    found = plain(summed(slower, start=LADDER[1].name))
    assert (found["bottom"]["rung"], found["bottom"]["us"]) == (LADDER[1].name, 1100)
    assert [rung["rung"] for rung in found["rungs"]] == [rung.name for rung in LADDER[2:]]
    assert sum(rung["share"] for rung in found["rungs"]) == pytest.approx(1)
    assert found["fit"]["us"] == pytest.approx(1100)
    (bare,) = found["left_out"]
    assert (bare["rung"], bare["us"]) == (LADDER[0].name, pytest.approx(7900))
    assert "1,100 us a step more than a whole epoch in one graph" in found["advice"]
    assert "bare epoch, compiled by XLA, adds 7,900 us to that" in found["advice"]
    assert any("left out as slower: bare epoch, 7,900.0 us" in line for line in ladder_lines(found))
    assert "left_out" not in summed()
    assert "less without XLA" in ladder_table(found)
    assert svg(make_figure, found) != svg(make_figure, plain(summed()))


def test_the_intervals_come_from_the_spread_over_blocks():
    jitter = (-20.0, -10.0, 10.0, 20.0)  # sd 18.26, t(3) 3.182: 29.05 either way
    found = summed(jitter=jitter)
    rung = found["rungs"][0]
    assert (rung["low"], rung["high"]) == pytest.approx((70.95, 129.05), abs=0.01)
    apart = 14**0.5 * 29.05  # errors of 14 rungs in quadrature
    assert found["sum"]["high"] - found["sum"]["us"] == pytest.approx(apart, abs=0.1)


def test_the_rungs_are_withheld_when_they_do_not_add_up():
    direct = SPEEDS | {LADDER[-1].name: 3000.0}  # 2,000 measured directly, not 1,400: 30 % less
    found = summed({WHOLE: direct})
    assert not found["agrees"]
    assert found["apart"]["us"] == pytest.approx(-600)
    assert found["advice"] == "none: the rungs do not add up to what was measured directly"
    text = ladder_table(plain(found))
    assert text.startswith("Not shown: the rungs do not add up to what was measured directly")
    assert "| " not in text
    near = summed({WHOLE: SPEEDS | {LADDER[-1].name: 2700.0}})  # 1,700: 18 % less
    assert near["agrees"]
    assert "| Keras layers" in ladder_table(plain(near))


def test_a_check_that_sees_too_little_withholds_the_rungs_too():
    assert summed()["resolved"]
    found = summed(jitter=(-90.0, -45.0, 45.0, 90.0))  # 14 rungs known to 131 us each
    assert found["agrees"]
    assert not found["resolved"]
    assert "known too badly to see whether they add up" in found["advice"]
    assert ladder_table(plain(found)).startswith("Not shown: the rungs are known too badly")


def test_epochs_that_are_too_short_are_not_shown():
    found = summed(steps=29)
    assert "epochs of 29 steps are too short" in found["advice"]
    assert ladder_table(plain(found)).startswith("Not shown: epochs of 29 steps")


@pytest.mark.parametrize(
    ("low", "mean", "high", "words"),
    [
        (1.0, 2.0, 3.0, "told from nothing"),
        (-3.0, -2.0, -1.0, "told from nothing"),
        (-4.9, 0.0, 4.9, "below 5% of the whole"),
        (-1.0, 2.0, 5.1, "open"),
        (-5.1, -2.0, 1.0, "open"),
    ],
)
def test_how_well_a_rung_is_known(low, mean, high, words):
    whole = Estimate(100.0, 90.0, 110.0, 8)
    assert ladder_summary.told(Estimate(mean, low, high, 8), whole) == words


def test_the_advice_is_withheld_when_the_control_fails():
    found = summed({CONTROL: {PLAIN.again.name: 2000.0}})
    assert not found["control"]["holds"]
    assert found["advice"].startswith(
        "none: the control, `fit` against a copy of itself, is at 0.9"
    )
    assert any(line.endswith("NOT AT 1") for line in ladder_lines(plain(found)))


def test_independent_intervals_combine_each_side_for_itself():
    a, b = Estimate(5.0, 2.0, 9.0, 8), Estimate(3.0, 2.0, 6.0, 6)
    assert difference(a, b) == Estimate(2.0, 2 - (9 + 9) ** 0.5, 2 + (16 + 1) ** 0.5, 6)
    exact = Estimate(2.0, 2.0, 2.0, 8)
    assert quotient(a, exact) == Estimate(2.5, 1.0, 4.5, 8)


def test_the_figure_and_the_table_are_the_same_each_time():
    record = plain(summed(jitter=(-5.0, 3.0, 4.0, 1.0)))
    assert svg(make_figure, record) == svg(make_figure, record)
    assert b"<dc:date>" not in svg(make_figure, record)
    text = ladder_table(record)
    for rung in LADDER:
        assert rung.name in text
    assert "they agree" in text
    assert "steps_per_execution=32 wins back" in text
