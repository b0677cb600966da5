"""The ratio of two arms: of slices, of whole segments, and of epochs with their ends."""

from math import hypot, inf, log

import pytest

from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import Ratio, ratio_of
from bench.timing.ratios import ratio_between, widened
from bench.timing.summary import throughput


def arm(name, **more):
    return {"arm": name, "impl": "keras", "steps": 10, "step_seconds": 0.1, **more}


def test_independent_errors_add_up_in_quadrature():
    ratio = widened(Ratio(2.0, 2.0 / 1.3, 2.0 * 1.3, 8), error=1.0)
    assert log(ratio.high / 2.0) == pytest.approx(hypot(log(1.3), 1.0))
    assert log(2.0 / ratio.low) == pytest.approx(hypot(log(1.3), 1.0))
    assert widened(Ratio(2.0, 0.0, inf, 1), error=1.0) == Ratio(2.0, 0.0, inf, 1)


SECONDS = {"keras fit": [1.0, 1.2, 1.1, 1.0], "raw step": [0.5, 0.6, 0.5, 0.5]}
SECONDS["keras fit again"] = SECONDS["keras fit"][::-1]


def test_slices_that_follow_one_another_are_taken_in_batches():
    found = ratio_between({"method": "slices"}, SECONDS, "keras fit", "raw step")
    assert found == batched_ratio_of(SECONDS["keras fit"], SECONDS["raw step"])


def test_records_of_whole_segments_give_what_they_gave():
    found = ratio_between({"arms": []}, SECONDS, "keras fit", "raw step")
    assert found == ratio_of(SECONDS["keras fit"], SECONDS["raw step"])


def test_an_epoch_in_the_summary_is_its_steps_and_the_end_of_its_block():
    order = ["keras fit", "raw step", "raw step", "keras fit"]
    slices = {"order": order, "seconds": [0.4, 0.1, 0.4, 0.9], "steps": [4, 2, 2, 4]}
    ends = ([0.5, 0.25], [8.5], [0.75])
    blocks = [slices | {"ends": {"keras fit": each}} for each in ends]
    arms = [arm("keras fit"), arm("raw step")]
    stand = {"method": "slices", "arms": arms, "reference": "keras fit", "margin": 0.02}
    fit, step = throughput(stand, blocks)["arms"]
    a_step = (0.1 * 0.225) ** 0.5  # the geometric mean of two slices
    assert fit["slice_seconds"] == pytest.approx(a_step)
    assert fit["seconds"] == pytest.approx([10 * a_step + end for end in (0.375, 0.5, 0.75)])
    assert fit["epoch_end"]["waits"] == [0, 0, 8.0, 0]
    assert step["seconds"] == pytest.approx([10 * 0.1] * 3)
    assert "epoch_end" not in step
