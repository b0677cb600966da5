"""The noise floor: rounding passes it, and a fault does not."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf

from bench import twins
from bench.data.for_model import dataset_for
from bench.proof.comparisons import METRIC, Comparisons
from bench.proof.criteria import ROUNDING_FLOAT64, SAME_BITS
from bench.proof.distance import Distance, ulp_distance
from bench.proof.lockstep import check
from bench.proof.noise_floor import HEADROOM, SHAKE_ULP, NoiseFloor, shaken, shaken_engine
from bench.specs import default_config
from rawtf.batch_norm import scale_and_shift_primitive
from rawtf.kernels import KERNELS
from tests.quick import quick_are


@pytest.mark.parametrize(("kernels", "gradients"), [("primitive", "auto"), ("fused", "manual")])
@pytest.mark.parametrize(
    "model", quick_are(["perceptron", "mlp-dropout", "convnet-full"], "perceptron")
)
def test_formulas_drift_no_further_than_rounding_drives_a_model_from_itself(
    model, kernels, gradients
):
    found = _checked(model, kernels=kernels, gradients=gradients)
    assert found.holds, found.first_difference
    assert found.max_ulp > 0
    assert found.causes
    floors = [floor for (stage, _), floor in found.floor.items() if stage.startswith("weights")]
    assert all(np.finfo(np.float32).eps <= floor < 1 for floor in floors)


def _bessel(x, gamma, beta):
    n = tf.cast(tf.size(x) / x.shape[-1], x.dtype)
    mean = tf.reduce_sum(x, axis=[0, 1, 2]) / n
    variance = tf.reduce_sum((x - mean) * (x - mean), axis=[0, 1, 2]) / (n - 1)
    return scale_and_shift_primitive(x, mean, variance, gamma, beta), mean, variance


def _inverted_rate(x, rate, seed):
    return KERNELS["fused"].dropout(x, 1 - rate, seed)


def _leaky(z):
    return tf.where(z > 0.0, z, 0.001 * z)


FAULTS = {
    "normalize": ("convnet-batchnorm", _bessel),
    "dropout": ("mlp-dropout", _inverted_rate),
    "relu": ("convnet", _leaky),
    "mean": ("mlp", tf.reduce_sum),
}


@pytest.mark.parametrize("op", quick_are(FAULTS, "mean"))
def test_a_fault_rises_above_the_floor(op, monkeypatch):
    model, faulty = FAULTS[op]
    if op == "dropout":  # at the rate of one half both are one
        from bench.specs import MODELS

        monkeypatch.setitem(MODELS, model, replace(MODELS[model], dropout_rate=0.25))
    monkeypatch.setitem(KERNELS, "primitive", replace(KERNELS["primitive"], **{op: faulty}))
    found = _checked(model, kernels="primitive")
    assert not found.holds
    assert found.first_difference.first_step == 1


def test_a_shaken_number_is_a_near_one_and_zero_stays():
    values = np.float32([0.0, 1.5, -3.5, 1e-30])
    moved = shaken(np.random.default_rng(0), values)
    assert moved[0] == 0
    assert (moved[1:] != values[1:]).all()
    assert ulp_distance(moved, values) == SHAKE_ULP
    assert shaken(np.random.default_rng(0), np.array([3, 4])).tolist() == [3, 4]


def test_every_step_shakes_anew_and_each_run_otherwise():
    config = default_config("perceptron", batch_size=4)
    weights = twins.initial_weights(config)
    x = np.zeros((4, 784), np.float32)  # so that the kernel gets no gradient
    y = np.float32([[0], [1], [0], [1]])
    paths = []
    for run in (0, 1):
        engine = shaken_engine(config, weights, run)
        path = [engine.get_weights()["dense_1/kernel"]]
        for _ in range(3):
            engine.train_on_batch(x, y)
            path.append(engine.get_weights()["dense_1/kernel"])
        assert all(SHAKE_ULP / 2 <= ulp_distance(b, a) <= SHAKE_ULP for a, b in pairwise(path))
        paths.append(path)
    assert not np.array_equal(paths[0][-1], paths[1][-1])


@pytest.mark.full
def test_statistics_that_depend_on_no_weight_are_shaken_too():
    config = default_config("convnet-batchnorm", batch_size=4)
    weights = twins.initial_weights(config)
    x = np.random.default_rng(0).random((4, 28, 28, 1), np.float32)
    y = np.eye(10, dtype=np.float32)[[0, 1, 2, 3]]

    def mean_of_the_input(engine):
        for _ in range(2):
            engine.train_on_batch(x, y)
        return engine.get_weights()["batch_norm_1/moving_mean"]

    plain = mean_of_the_input(twins.raw_engine(config, weights))
    shaken = [mean_of_the_input(shaken_engine(config, weights, run)) for run in range(4)]
    assert all(ulp_distance(mean, plain) <= 4 * SHAKE_ULP for mean in shaken)
    assert len({float(mean[0]) for mean in shaken}) > 1


def test_the_floor_of_a_tensor_is_its_largest_drift_and_one_ulp_at_least():
    comparisons = Comparisons(SAME_BITS)
    for step, drift in enumerate([1e-6, 3e-6, 2e-6]):
        comparisons.add("gradient", "a", np.float32([1.0 + drift]), np.float32([1.0]), step)
    floor = NoiseFloor(comparisons, n_test=200)
    assert floor.floor("gradient", "a") == pytest.approx(3e-6, rel=0.1)
    assert floor.floor("gradient", "b") == np.finfo(np.float32).eps
    assert floor.floor(METRIC, "accuracy") == 1 / 200
    just_in, just_out = (
        Distance(0, factor * HEADROOM * floor.floor("gradient", "a"), 9) for factor in (0.99, 1.01)
    )
    assert floor.holds(just_in, "gradient", "a", 2)
    assert not floor.holds(just_out, "gradient", "a", 2)


def test_an_early_difference_is_judged_by_the_early_floor():
    comparisons = Comparisons(SAME_BITS)
    for run in (1.0, 0.5):
        for step, drift in enumerate([1e-6, 1e-3, 1e-4], start=1):
            value = np.float32([1.0 + run * drift])
            comparisons.add("gradient", "a", value, np.float32([1.0]), step)
    floor = NoiseFloor(comparisons, n_test=200)
    assert [floor.floor("gradient", "a", step) for step in (1, 2, 3)] == pytest.approx(
        [1e-6, 1e-3, 1e-3], rel=0.1
    )
    assert floor.floor("gradient", "a") == floor.floor("gradient", "a", 3)
    between = Distance(0, HEADROOM * 1e-4, 9)
    assert floor.holds(between, "gradient", "a", 2)
    assert not floor.holds(between, "gradient", "a", 1)


def test_float64_forgives_more_in_differences_of_sums_and_near_zero():
    def holds(absolute, relative, stage):
        return ROUNDING_FLOAT64.holds(Distance(absolute, relative, 9), stage, "a")

    assert holds(1e-3, 1e-12, "weights after step")
    assert not holds(1e-3, 1.1e-12, "weights after step")
    assert holds(1e-3, 1e-10, "gradient")
    assert not holds(1e-3, 1.1e-10, "gradient")
    assert holds(1e-14, 1.0, "weights after step")
    assert not holds(1.1e-14, 1.0, "weights after step")


def _checked(model, **dials):
    config = default_config(model, epochs=1, batch_size=16, **dials)
    return check(config, dataset_for(config.spec, "digits", 40))
