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


def test_parity_of_unequal_twins_exits_with_1(gvk, monkeypatch):
    from tests.faults import plant_sum_for_mean

    plant_sum_for_mean(monkeypatch)
    code, out, _ = gvk("parity", "perceptron", "--steps", 2, *SMALL)
    assert code == 1
    assert "DIFF loss" in out
    assert "parted at step 1" in out
