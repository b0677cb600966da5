"""The project's own twins against Keras, model by model, optimizer by optimizer, engine by engine.

All of them are 350 diagnoses: ``python -m bench.diagnose.twins_matrix`` runs those. Here a sample,
drawn by a seed, in which each model meets each optimizer, and each engine three models at least.
"""

import pytest

from bench.diagnose import twins_matrix
from bench.specs import ENGINES, MODELS, OPTIMIZERS

SAMPLE = twins_matrix.sampled(seed=15)


def test_the_sample_meets_every_model_optimizer_and_engine():
    assert {(m, o) for m, o, _ in SAMPLE} == {(m, o) for m in MODELS for o in OPTIMIZERS}
    assert all(len({m for m, _, e in SAMPLE if e == engine}) >= 3 for engine in ENGINES)
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


def test_a_record_is_gone_on_with(monkeypatch, tmp_path):
    run = []
    monkeypatch.setattr(twins_matrix, "diagnosed", lambda c: run.append(c) or "agree")
    record = tmp_path / "record.txt"
    record.write_text("mlp sgd step loss: parts\n")
    assert twins_matrix.main(["mlp", "sgd", "--record", str(record)]) == 1
    assert ("mlp", "sgd", "step") not in run
    assert len(run) == len(ENGINES) - 1
    assert len(record.read_text().splitlines()) == len(ENGINES)
