"""A ratio of whole epochs has in its interval what their ends are uncertain by."""

from math import inf, log

import numpy as np
import pytest

from bench.records.slices import end_seconds
from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import Ratio, ratio_of
from bench.timing.ratios import end_error, ratio_between, widened
from bench.timing.summary import throughput

ENDS = {"epochs": 4, "seconds": [0.5, 8.5, 0.25, 0.75], "waits": [0.0, 8.0, 0.0, 0.0]}


def arm(name, **more):
    return {"arm": name, "impl": "keras", "steps": 10, "step_seconds": 0.1, **more}


def test_an_end_is_the_mean_of_those_that_did_not_wait():
    assert end_seconds(arm("keras fit", epoch_end=ENDS)) == 0.5
    assert end_seconds(arm("raw step")) == 0.0


def test_the_error_is_a_share_of_the_whole_epoch():
    # three ends of spread 0.25: Student's 4.303 x 0.25 / sqrt(3), of 10 x 0.1 + 0.5 s
    assert end_error(arm("keras fit", epoch_end=ENDS)) == pytest.approx(0.6211 / 1.5, rel=1e-3)


def test_independent_errors_add_up_in_quadrature():
    ratio = widened(Ratio(2.0, 2.0 / 1.3, 2.0 * 1.3, 8), error=1.0)
    assert log(ratio.high / 2.0) == pytest.approx(np.hypot(log(1.3), 1.0))
    assert log(2.0 / ratio.low) == pytest.approx(np.hypot(log(1.3), 1.0))
    assert widened(Ratio(2.0, 0.0, inf, 1), error=1.0) == Ratio(2.0, 0.0, inf, 1)


SECONDS = {"keras fit": [1.0, 1.2, 1.1, 1.0], "raw step": [0.5, 0.6, 0.5, 0.5]}
SECONDS["keras fit again"] = SECONDS["keras fit"][::-1]


def test_a_ratio_to_fit_is_widened_and_that_of_its_copy_is_not():
    record = {
        "method": "slices",
        "arms": [arm("keras fit", epoch_end=ENDS), arm("raw step"), arm("keras fit again")],
    }
    plain = batched_ratio_of(SECONDS["keras fit"], SECONDS["raw step"])
    found = ratio_between(record, SECONDS, "keras fit", "raw step")
    assert found.ratio == plain.ratio
    assert found.width > plain.width
    copy = ratio_between(record, SECONDS, "keras fit", "keras fit again")
    assert copy == batched_ratio_of(SECONDS["keras fit"], SECONDS["keras fit again"])


def test_records_of_whole_segments_give_what_they_gave():
    found = ratio_between({"arms": []}, SECONDS, "keras fit", "raw step")
    assert found == ratio_of(SECONDS["keras fit"], SECONDS["raw step"])


def test_an_epoch_in_the_summary_is_its_steps_and_its_end():
    arms = [arm("keras fit", epoch_end=ENDS), arm("raw step")]
    order = ["keras fit", "raw step", "raw step", "keras fit"]
    blocks = [
        {"order": order, "seconds": [0.4, 0.1, 0.4, 0.9], "steps": [4, 2, 2, 4]} for _ in range(3)
    ]
    stand = {"method": "slices", "arms": arms, "reference": "keras fit", "margin": 0.02}
    fit, step = throughput(stand, blocks)["arms"]
    a_step = (0.1 * 0.225) ** 0.5  # the geometric mean of two slices
    assert fit["slice_seconds"] == pytest.approx(a_step)
    assert fit["seconds"] == pytest.approx([10 * a_step + 0.5] * 3)
    assert step["seconds"] == pytest.approx([10 * 0.1] * 3)
