"""The project's own twins against Keras, model by model, optimizer by optimizer, engine by engine.

All of them are 280 diagnoses: ``python -m bench.diagnose.twins_matrix`` runs those. Here a sample,
drawn by a seed, in which each model meets each optimizer and each engine.
"""

import pytest

from bench.diagnose import twins_matrix
from bench.specs import ENGINES, MODELS, OPTIMIZERS

SAMPLE = twins_matrix.sampled(seed=15)


def test_the_sample_meets_every_model_optimizer_and_engine():
    assert {(m, o) for m, o, _ in SAMPLE} == {(m, o) for m in MODELS for o in OPTIMIZERS}
    assert {(m, e) for m, _, e in SAMPLE} == {(m, e) for m in MODELS for e in ENGINES}
    assert len(twins_matrix.EVERY) == len(MODELS) * len(OPTIMIZERS) * len(ENGINES)


@pytest.mark.full
@pytest.mark.parametrize("combination", SAMPLE, ids="-".join)
def test_the_twins_of_this_project_agree(combination):
    assert twins_matrix.diagnosed(combination) == "agree"


def test_an_alarm_is_an_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(twins_matrix, "diagnosed", lambda c: "agree" if c[1] == "sgd" else "loss")
    assert twins_matrix.main(["mlp", "sgd"]) == 0
    assert twins_matrix.main(["mlp", "adam"]) == 1
    assert twins_matrix.main(["no such part"]) == 1
    assert "mlp adam step loss" in capsys.readouterr().out
