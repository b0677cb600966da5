"""What each of two prices is taken from, and that it is a price of that alone."""

import numpy as np
import pytest

from bench.stats.verdicts import EQUIVALENT, FASTER, INCONCLUSIVE
from bench.timing.prices import BEST_FIT, FIT, FITS, LAYERS, in_words, price, prices

STEP, OWN_LOOP, EPOCH, OWN_EPOCH = 1.0, 1.01, 0.5, 0.6


def record(controls=(), **microseconds):
    """Return a throughput record of eight blocks; the machine's speed wanders between them."""
    wander = 1 + 0.3 * np.sin(np.arange(8))
    wobble = 1 + 0.001 * np.cos(7 * np.arange(8))
    arms = [
        {
            "arm": name.replace("_", " ", 1),
            "samples": 1000,
            "seconds": (us * wander * (wobble if n % 2 else 1)).tolist(),
        }
        for n, (name, us) in enumerate(microseconds.items())
    ]
    return {"arms": arms, "controls": list(controls), "margin": 0.02, "samples_per_segment": 1000}


WHOLE = record(
    raw_step=STEP,
    raw_epoch=EPOCH,
    keras_fit=3.0,
    keras_own_loop=OWN_LOOP,
    keras_own_epoch=OWN_EPOCH,
)


def test_layers_are_priced_in_the_same_loop_and_fit_around_the_same_layers():
    pairs = {(each.of, each.dear, each.cheap): each.times.ratio for each in prices(WHOLE)}
    assert pairs == {
        (LAYERS, "keras own_loop", "raw step"): pytest.approx(OWN_LOOP / STEP, rel=0.01),
        (LAYERS, "keras own_epoch", "raw epoch"): pytest.approx(OWN_EPOCH / EPOCH, rel=0.01),
        (FIT, "keras fit", "keras own_loop"): pytest.approx(3.0 / OWN_LOOP, rel=0.01),
        (FIT, "keras fit", "keras own_epoch"): pytest.approx(3.0 / OWN_EPOCH, rel=0.01),
    }


def test_the_fastest_loop_that_was_timed_is_the_headline():
    assert price(WHOLE, LAYERS).cheap == "raw epoch"
    assert price(WHOLE, FIT).cheap == "keras own_epoch"
    older = record(raw_step=STEP, raw_epoch=EPOCH, keras_fit=3.0, keras_own_loop=OWN_LOOP)
    assert price(older, LAYERS).cheap == "raw step"
    assert price(record(raw_step=STEP, keras_fit=3.0), LAYERS) is None


def test_faster_by_hand_takes_an_interval_beyond_the_margin_or_above_one():
    assert price(WHOLE, LAYERS).verdict == FASTER
    assert price(record(raw_step=1.0, keras_own_loop=1.001), LAYERS).verdict == EQUIVALENT


def test_a_control_that_is_off_by_more_withholds_the_verdict_of_a_price_too():
    bad = {"arm": "keras fit again", "ratio": 1.6, "low": 1.4, "high": 1.8, "blocks": 8}
    assert price(record([bad], raw_step=1.0, keras_own_loop=1.5), LAYERS).verdict == INCONCLUSIVE
    open_ended = bad | {"ratio": 1.0, "low": None, "high": None}
    assert price(record([open_ended], raw_step=1.0, keras_own_loop=1.5), LAYERS).verdict == FASTER


def test_an_arm_of_fewer_samples_is_compared_a_sample_for_a_sample():
    halved = record(raw_step=1.0, keras_own_loop=1.0)
    halved["arms"][1]["samples"] = 500
    assert price(halved, LAYERS).times.ratio == pytest.approx(2.0, rel=0.01)


def test_a_price_reads_as_a_line():
    line = in_words(price(WHOLE, FIT))
    assert line.startswith("price of fit: keras fit takes 5.0")
    assert "times as long as keras own_epoch (95 %" in line


def test_fit_at_its_best_has_a_price_of_its_own_where_several_were_timed():
    assert price(WHOLE, BEST_FIT) is None
    several = record(keras_fit=3.0, keras_own_loop=OWN_LOOP, keras_untuned=2.5, keras_spe=1.5)
    names = dict(zip(("keras untuned", "keras spe"), FITS[1:], strict=True))
    for arm in several["arms"]:
        arm["arm"] = names.get(arm["arm"], arm["arm"])
    best = price(several, BEST_FIT)
    assert (best.dear, best.cheap) == (FITS[2], "keras own_loop")
    assert best.times.ratio == pytest.approx(1.5 / OWN_LOOP, rel=0.01)
    assert price(several, FIT).times.ratio == pytest.approx(3.0 / OWN_LOOP, rel=0.01)
