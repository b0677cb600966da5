"""``gvk parity``: a line a tensor, and exit code 1 where the twins part."""

import json
from pathlib import Path

SMALL = ("--dataset", "digits", "--limit", "150")


def test_parity_prints_a_line_a_tensor(gvk):
    code, out, _ = gvk("parity", "mlp", "--steps", 3, *SMALL, "--json", "p.json")
    assert code == 0
    assert "OK   gradient             dense_1/kernel" in out
    assert "parity     mlp raw step sgd: OK, 0 ULP over 3 steps" in out
    result = json.loads(Path("p.json").read_text())["results"][0]
    assert result["holds"]
    assert {"rung", "tensor", "max_abs", "max_ulp", "first_step"} <= result["rungs"][0].keys()


def test_parity_of_unequal_twins_says_where_and_why(gvk, monkeypatch, one_process):
    from tests.faults import plant_sum_for_mean

    plant_sum_for_mean(monkeypatch)
    code, out, _ = gvk("parity", "perceptron", "--steps", 2, *SMALL, "--json", "p.json")
    assert code == 1
    assert "DIFF loss" in out
    assert "parted at step 1" in out
    why = out.split("\nwhy ")[1]
    assert "the loss is summed over the batch" in why
    assert "model.py:" in why  # Model.loss, where the mean is taken
    assert "both sides agree" in why
    diagnosis = json.loads(Path("p.json").read_text())["results"][0]["diagnosis"]
    assert diagnosis["verdict"] == "disagree"
    assert [finding["rung"] for finding in diagnosis["findings"]] == ["loss"]


def test_a_fault_of_an_engine_alone_is_told_from_one_of_the_model(gvk, monkeypatch, one_process):
    from rawtf.engines.epoch import Epoch

    def backwards(self, x, y, order, batch_size):
        return right(self, x, y, order[::-1], batch_size)

    right = Epoch.train_epoch
    monkeypatch.setattr(Epoch, "train_epoch", backwards)
    code, out, _ = gvk("parity", "perceptron", "--engine", "epoch", "--epochs", 1, *SMALL)
    assert code == 1
    assert "the programs agree" in out.split("\nwhy ")[1]
    assert "look at how the engine epoch runs it" in out
