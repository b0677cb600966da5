"""One sample: what is compared with what, and that nothing is timed which predicts other bits."""

from types import SimpleNamespace

import numpy as np
import pytest

from bench import twins
from bench.errors import NotVerified
from bench.specs import default_config
from bench.timing import one_sample
from bench.timing.model_stand import LATENCY, Arm, engine_of
from bench.timing.same_predictions import FACT, same_predictions
from bench.timing.throughput import arms_of


def pairs(*engines):
    return [SimpleNamespace(config=default_config("perceptron", engine=e)) for e in engines]


def arms():
    return [arm for arm in arms_of(pairs("step", "session"), LATENCY) if "again" not in arm.name]


def samples(n=3):
    return np.random.default_rng(0).random((n, 784), np.float32)


def test_every_way_of_keras_is_an_arm_and_predict_the_last_of_them():
    names = [arm.name for arm in arms_of(pairs("step", "epoch", "session"), LATENCY)]
    assert names == [
        "raw step", "raw session", "keras tf.function", "keras predict_on_batch",
        "keras model(x)", "keras predict", "raw step again", "keras tf.function again",
    ]  # fmt: skip


def test_engines_that_have_trained_are_given_one_set_of_weights_and_agree():
    engines = {arm.name: engine_of(arm) for arm in arms()}
    x = samples()
    engines["raw step"].train_on_batch(x, np.ones((3, 1), np.float32))
    finding = same_predictions(arms(), engines, x)
    assert (finding.fact, finding.fair) == (FACT, True)
    assert "raw eager" in finding.values["keras model(x)"]
    assert "raw step" in finding.values["keras predict"]


def test_a_way_that_predicts_other_bits_is_not_timed(monkeypatch):
    engines = {arm.name: engine_of(arm) for arm in arms()}
    wrong = lambda model: lambda x: model.predict_on_batch(x) * np.float32(1 + 2e-7)  # noqa: E731
    monkeypatch.setitem(twins.PREDICTING, "predict_on_batch", wrong)
    with pytest.raises(NotVerified, match=r"keras predict_on_batch predicts other bits"):
        same_predictions(arms(), engines, samples())


def test_on_a_gpu_it_is_rounding_that_may_part_them(monkeypatch):
    """Another kernel's last bits are no other prediction; the ten bits of TF32 are."""
    monkeypatch.setattr("bench.host.gpu.in_use", lambda: True)
    engines = {arm.name: engine_of(arm) for arm in arms()}
    apart = np.float32(2.0**-22)
    near = lambda model: lambda x: model.predict_on_batch(x) * (1 + apart)  # noqa: E731
    monkeypatch.setitem(twins.PREDICTING, "predict_on_batch", near)
    finding = same_predictions(arms(), engines, samples())
    assert "within 8 times the noise floor" in finding.values["keras predict"]
    apart = np.float32(2.0**-10)
    with pytest.raises(NotVerified, match="keras predict_on_batch predicts other bits"):
        same_predictions(arms(), engines, samples())


def record(**milliseconds):
    named = {"raw": "raw step", "graph": "keras tf.function", "many": "keras predict"}
    timed = [
        {"arm": named[key], "impl": named[key].split()[0], "samples": 1,
         "seconds": [ms * each for each in (0.99e-3, 1e-3, 1.01e-3)]}
        for key, ms in milliseconds.items()
    ]  # fmt: skip
    return {"arms": timed, "controls": [], "margin": 0.02}


def test_what_is_said_first_is_said_of_the_fastest_way():
    said = one_sample.in_words(record(raw=0.2, graph=0.3, many=60))
    assert said.startswith("One sample: Keras's fastest way, tf.function, takes 1.50 (")
    assert "times as long as step by hand" in said
    assert said.endswith("predict is made for many samples: a call of it takes 60 ms.")


def test_where_a_copy_is_unlike_no_verdict_is_given():
    unlike = {"arm": "raw step again", "ratio": 1.6, "low": 1.4, "high": 1.8, "blocks": 3}
    said = one_sample.in_words(record(raw=0.2, graph=0.3, many=60) | {"controls": [unlike]})
    assert "by hand (no verdict: " in said


def test_records_from_before_there_were_other_ways_say_what_they_have():
    said = one_sample.in_words(record(raw=0.2, many=60))
    assert "predict, takes 300.00 (" in said
    assert "made for many" not in said


def test_nothing_is_said_of_a_side_that_was_not_timed():
    assert one_sample.in_words(record(raw=0.2)) == ""


def test_an_arm_knows_whether_a_graph_runs_it():
    by_name = {arm.name: arm.eager for arm in arms()}
    assert [name for name, eager in by_name.items() if eager] == ["keras model(x)"]
    assert Arm("raw eager", "raw", *pairs("eager")).eager
