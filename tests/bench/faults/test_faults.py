"""Planted faults: each does something that shows, and what is told of it is what was measured."""

import pytest

from bench.explain.measure import faults_of
from bench.faults.in_training import IN_TRAINING
from bench.faults.in_use import IN_USE
from bench.faults.runs import run_faults, setting_of
from bench.faults.words import FAULTS, baseline, listed, told
from bench.specs import MODELS


def test_every_fault_is_planted_and_every_planted_fault_is_told():
    assert FAULTS.keys() == IN_TRAINING.keys() | IN_USE.keys()
    assert not IN_TRAINING.keys() & IN_USE.keys()
    assert {fault for model in MODELS for fault in faults_of(model)} == FAULTS.keys()


@pytest.fixture(scope="module")
def found():
    """Return the faults of the MLP and of two of its relatives, run on the digits."""
    faults = ["zero weights", "sum for mean", "uphill", "labels left behind", "no slope",
              "not cleared", "read by column", "mean of batches"]  # fmt: skip
    dense = run_faults("mlp", faults, "digits", None, steps=200)
    dropout = ["same mask", "no scaling", "dropout in prediction"]
    records = [*dense, *run_faults("mlp-dropout", dropout, "digits", None, steps=60)]
    return {record["fault"]: record for record in records}


@pytest.mark.full
def test_the_sum_for_the_mean_makes_gradients_as_many_times_too_large(found):
    assert found["sum for mean"]["gradient_ratio"] == pytest.approx(128, rel=1e-5)
    assert "gradients 128 times too large" in told(found["sum for mean"])


@pytest.mark.full
def test_what_breaks_a_model_shows_in_its_accuracy(found):
    healthy = found["uphill"]["healthy"]["accuracy"]
    assert healthy > 0.6
    for fault in ("uphill", "labels left behind", "read by column", "zero weights"):
        assert found[fault]["faulty"]["accuracy"] < healthy / 2, fault


@pytest.mark.full
def test_every_fault_changes_something(found):
    for fault, record in found.items():
        changed = record["faulty"] != {**record["healthy"], "loss": record["faulty"]["loss"]}
        loss = record["trained"] and record["faulty"]["loss"] != record["healthy"]["loss"]
        assert changed or loss, fault


def test_the_seed_of_the_command_line_reaches_what_is_planted():
    from bench.explain.measure import ExplainPlan, _planted

    plans = [ExplainPlan("digits", 256, steps=2, seed=seed) for seed in (0, 0, 5)]
    first, again, other = (_planted("perceptron", ["sum for mean"], plan)[0] for plan in plans)
    assert first == again
    assert other["config"]["seed"] == 5
    assert other["healthy"]["loss"] != first["healthy"]["loss"]


@pytest.mark.full
def test_gradients_are_compared_on_the_same_batch_alone(found):
    assert found["labels left behind"]["gradient_ratio"] is None
    assert found["read by column"]["gradient_ratio"] is None
    assert found["zero weights"]["gradient_ratio"] is not None


UPHILL = {
    "fault": "uphill", "trained": True, "gradient_ratio": 1.0, "steps": 600,
    "config": {"optimizer": "momentum", "learning_rate": 0.05, "batch_size": 128},
    "healthy": {"accuracy": 0.971, "loss": 0.2}, "faulty": {"accuracy": 0.098, "loss": None},
}  # fmt: skip
TRAINED = "after 600 steps of SGD with momentum (learning rate 0.05)"


def test_a_fault_is_told_with_its_numbers_and_its_training():
    assert told(UPHILL) == (
        f"a plus for the minus in the optimizer step: test accuracy 97.10 % to 9.80 %, {TRAINED}"
    )
    same = UPHILL | {"faulty": {"accuracy": 0.971, "loss": None}}
    assert told(same).endswith(
        f"test accuracy 97.10 %, as without it; training loss 0.200 to no number, {TRAINED}"
    )
    old = {key: value for key, value in UPHILL.items() if key != "config"}
    assert told(old).endswith("97.10 % to 9.80 %, after 600 steps")


def test_the_baseline_says_where_it_is_not_what_the_page_shows():
    said = baseline(UPHILL)
    assert f"test accuracy 97.10 %, training loss 0.200 nats, {TRAINED}, batches of 128" in said
    assert "plain SGD of the code" in said
    plain = UPHILL | {"config": UPHILL["config"] | {"optimizer": "sgd"}}
    assert "of the code" not in baseline(plain)


def test_what_can_do_nothing_in_a_model_is_neither_planted_nor_listed():
    one_neuron, mlp = MODELS["perceptron"], MODELS["mlp"]
    names = ["zero weights", "read by column", "uphill"]
    assert listed(names, one_neuron, {}) == ["uphill"]
    assert listed(names, mlp, {}) == names
    assert not {"zero weights", "read by column"} & set(faults_of("perceptron"))
    nothing = UPHILL | {"faulty": UPHILL["healthy"]}
    assert listed(["uphill"], mlp, {"uphill": nothing}) == []
    in_use = nothing | {"trained": False, "faulty": {"accuracy": 0.971, "loss": None}}
    assert listed(["uphill"], mlp, {"uphill": in_use}) == []
    assert listed(["uphill"], mlp, {"uphill": in_use | {"trained": True}}) == ["uphill"]


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.name)
def test_every_model_has_a_setting(spec):
    assert setting_of(spec).steps > 0


@pytest.mark.full
def test_batch_norm_asked_in_training_mode(small):
    """The faults of a model in use, on a ConvNet that was hardly trained: they run, and differ."""
    faults = ["batch of one", "averages not saved", "training mode, sorted", "channels first"]
    records = list(run_faults("convnet-batchnorm", faults, "digits", 100, steps=1))
    assert [record["fault"] for record in records] == faults
    assert any(r["faulty"]["accuracy"] != r["healthy"]["accuracy"] for r in records)
