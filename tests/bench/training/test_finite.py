"""A number that is none is named by the first step and tensor that has it, on both sides."""

import numpy as np
import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.errors import Diverged
from bench.specs import ENGINES, default_config
from bench.training.finite import Watched
from tests.quick import quick_are


def engine_of(name):
    impl = ENGINES[name].impl
    config = default_config(
        "mlp", batch_size=8, **{"engine" if impl == "raw" else "keras_engine": name}
    )
    make = twins.raw_engine if impl == "raw" else twins.keras_engine
    return make(config, twins.initial_weights(config)), config


def samples(config):
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 40).train)
    return x.copy(), y


@pytest.mark.parametrize("name", quick_are(["step", "epoch", "session", "fit"], "epoch"))
def test_the_first_step_and_tensor_are_named(name):
    engine, config = engine_of(name)
    x, y = samples(config)
    x[20, 5] = np.inf  # of the third batch
    watched = Watched(engine, steps=100)
    with pytest.raises(Diverged, match=r"^step 103: .*dense_1/kernel.* not finite: lower"):
        watched.train_epoch(x, y, np.arange(40), 8)


def test_what_is_finite_is_trained_as_ever():
    (watched, config), (plain, _) = engine_of("step"), engine_of("step")
    x, y = samples(config)
    order = np.arange(40)
    guarded = Watched(watched)
    assert guarded.train_epoch(x, y, order, 8) == plain.train_epoch(x, y, order, 8)
    assert guarded.steps == 5
    for name, value in plain.get_weights().items():
        np.testing.assert_array_equal(watched.get_weights()[name], value, err_msg=name)


def test_a_training_that_blows_up_is_one_line_and_exits_with_1(gvk):
    code, out, err = gvk(
        "train", "mlp", "--impl", "raw", "--engine", "epoch", "--dataset", "digits", "--limit", 64,
        "--epochs", 2, "--learning-rate", 1e38, "--checkpoint", "kept",
    )  # fmt: skip
    assert (code, err.count("\n")) == (1, 1), out + err
    assert "gvk: step " in err
    assert "not finite: lower --learning-rate" in err


def test_a_pair_with_a_number_that_is_none_is_void_though_both_have_it():
    from bench.proof.comparisons import NOT_FINITE, Comparisons
    from bench.proof.criteria import SAME_BITS

    found, bad = Comparisons(SAME_BITS), np.array([1.0, np.nan], np.float32)
    found.add("weights after step", "dense_1/kernel", np.zeros(2), np.zeros(2), 1)
    found.add("weights after step", "dense_1/kernel", bad, bad, 2)
    (entry,) = found.entries()
    assert (entry.holds, entry.first_step, entry.note) == (False, 2, NOT_FINITE)
    assert "step 2, not a finite number: the pair is void" in str(entry)
