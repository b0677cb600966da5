"""From blocks to growth: ratios, crossovers and gains that are known beforehand."""

import pytest

from bench.growth.points import BATCH, FIT, TOGETHER
from bench.growth.words import crossovers_in_words, gains_in_words, growth_lines, growth_table
from bench.growth.words import notes as notes_of
from tests.bench.growth.hand_made import FIXED, by_batch, growth_of, stand_at


def _point(record, name):
    return next(point for point in record["points"] if point["point"] == name)


def test_a_ratio_is_that_of_the_seconds_a_sample():
    point = _point(by_batch(), "batch 32")
    assert point["ratios"]["raw step"]["ratio"] == pytest.approx(3.32 / 1.32)
    assert point["samples_per_second"][FIT] == pytest.approx(32 / 3.32e-3 / 1.1, rel=0.05)


def test_seeds_together_are_counted_by_all_their_samples():
    point = _point(by_batch(), "seeds 16")
    together = 0.2 + 16 * 1.28
    assert point["gains"]["raw epoch"]["ratio"] == pytest.approx(16 * 1.48 / together)
    assert point["ratios"][TOGETHER]["ratio"] == pytest.approx(16 * 4.28 / together)
    assert _point(by_batch(), "seeds 1")["gains"]["raw epoch"]["ratio"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("fit", "word"),
    [(3.0, "nowhere"), (1.5, "from batch 1,024 on"), (1.0, "everywhere"), (0.5, "everywhere")],
)
def test_by_hand_stops_to_matter_where_fit_takes_next_to_nothing_more(fit, word):
    record = by_batch(fixed=FIXED | {FIT: fit, "raw epoch": 1.0})
    words = next(w for w in crossovers_in_words(record) if w.startswith("batch"))
    sizes = {"nowhere": None, "from batch 1,024 on": 1024, "everywhere": None}
    assert record["crossovers"][BATCH]["raw step"]["value"] == sizes[word]
    assert f"{word} against raw step" in words


def test_what_no_interval_decides_stays_open():
    stands = [stand_at(BATCH, 8)]
    stands[0]["arms"] = stands[0]["arms"][:1] + stands[0]["arms"][2:]
    from bench.growth.summary import summary
    from tests.bench.growth.hand_made import blocks_of

    record = summary(stands, blocks_of(stands[0], 1)) | {"left_out": {}}  # one has no interval
    assert record["crossovers"][BATCH]["raw step"]["word"] == "open"
    assert "not decided" in crossovers_in_words(record)[0]


def test_a_point_that_was_not_measured_keeps_its_row_and_says_why():
    left_out = stand_at(BATCH, 8192, arms=[], not_measured="not measured: no time")
    record = growth_of([stand_at(BATCH, 1), left_out])
    assert "| 8,192" in growth_table(record, BATCH)
    assert notes_of(record, BATCH) == "8,192: not measured: no time."
    assert record["crossovers"][BATCH]["raw step"]["word"] == "never"


def test_the_lines_name_every_point_and_the_gain():
    lines = growth_lines(by_batch())
    assert sum("keras fit takes, times" in line for line in lines) == 5
    assert len(gains_in_words(by_batch())) == 3
    assert "16 seeds together" in lines[-1]
