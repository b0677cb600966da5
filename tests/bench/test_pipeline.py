"""The order that nothing may break: proof, then accuracy, then time."""

import tensorflow as tf

import rawtf.model
from bench.pipeline import Plan, run_model
from bench.results import Store, read

PLAN = Plan(dataset="digits", limit=130, parity_steps=2, epochs=1, blocks=2, engines=("step",))


class Here:
    """Runs in this process what the pipeline hands to another."""

    def submit(self, work, *arguments):
        self.result = lambda: work(*arguments)
        return self


def _kinds(folder):
    return [record["kind"] for record in read(folder)]


def test_an_unproved_pair_is_neither_trained_nor_timed(monkeypatch, tmp_path):
    monkeypatch.setattr(rawtf.model, "mean", tf.reduce_sum)
    said = []
    store = Store(tmp_path / "r")
    store.start()
    found = run_model(store, Here(), "perceptron", PLAN, said.append)
    assert not found.holds
    assert _kinds(tmp_path / "r") == ["run", "parity"]
    (line,) = said
    assert "DIFF, loss loss: step 1" in line


def test_a_proved_pair_is_trained_from_both_initializers_and_timed(tmp_path):
    store = Store(tmp_path / "r")
    store.start()
    found = run_model(store, Here(), "perceptron", PLAN, lambda line: None)
    assert found.holds
    assert _kinds(tmp_path / "r") == ["run", "parity", "accuracy", "accuracy", "throughput"]
    for record in found.accuracy.values():
        assert record["max_ulp"] == 0
        assert record["raw"] == record["keras"] | {"loss": record["raw"]["loss"]}
    arms = {arm["arm"]: arm for arm in found.throughput["arms"]}
    assert set(arms) == {"raw step", "keras fit", "keras train_on_batch"}
    assert all(len(arm["seconds"]) == 2 for arm in arms.values())
