"""That every rung of a ladder is proved, and that a fault in one is found."""

import pytest

from bench.host.fresh_process import in_fresh_process
from bench.ladder import engines
from bench.ladder import proof as rung_proof
from bench.ladder.lines import proof_line
from bench.ladder.rungs import AS_IT_COMES, LADDER, every_rung
from bench.proof.causes import causes
from bench.specs import default_config


@pytest.mark.full
def test_every_rung_of_the_mlp_is_proved_as_the_verb_proves_it():
    proofs = in_fresh_process(rung_proof.prove_rungs, default_config("mlp"), "digits", 300)
    assert {proof["rung"] for proof in proofs} == {r.name for r in every_rung()} - {
        AS_IT_COMES.name
    }
    assert [proof["rung"] for proof in proofs if not proof["holds"]] == []
    apart = {proof["rung"] for proof in proofs if proof["max_ulp"]}
    assert apart <= {rung.name for rung in every_rung() if rung.xla}


@pytest.mark.full
def test_every_rung_of_the_convnet_without_xla_ends_in_the_bits_of_fit(monkeypatch):
    monkeypatch.setattr(rung_proof, "SAMPLES", 20)  # two batches of 8 and a partial one
    config = default_config("convnet-full", batch_size=8)
    data = rung_proof.ModelData(config, "digits", 300)
    proofs = [p for mode in ("graph", "eager") for p in _proved(mode, config, data)]
    assert {p["rung"] for p in proofs} == {r.name for r in every_rung() if not r.xla} - {
        AS_IT_COMES.name
    }
    apart = bool(causes(config.but(engine="eager")))  # under oneDNN
    eager = {rung.name for rung in every_rung() if rung.eagerly}
    assert [(p["rung"], p["tensor"]) for p in proofs if not p["holds"]] == []
    assert {p["rung"] for p in proofs if p["max_ulp"]} == (eager if apart else set())


@pytest.mark.parametrize("fault", ["pipeline", "optimizer"])
def test_a_fault_in_one_rung_is_found_and_named(monkeypatch, fault):
    config = default_config("perceptron", batch_size=rung_proof.BATCH_SIZE)
    rung = next(rung for rung in LADDER if rung.name == "Keras layers")
    real, update = engines.batches, engines._raw_update
    if fault == "pipeline":  # the samples backwards
        monkeypatch.setattr(engines, "batches", lambda x, y, *more: real(x[::-1], y[::-1], *more))
    else:
        monkeypatch.setattr(
            engines, "_raw_update", lambda c, p: update(c.but(learning_rate=0.051), p)
        )
    monkeypatch.setattr(rung_proof, "every_rung", lambda: (rung,))
    data = rung_proof.ModelData(config, "digits", 300)
    (proof,) = _proved("graph", config, data)
    assert not proof["holds"]
    assert proof["tensor"].startswith("dense_1/")
    assert "perceptron Keras layers: DIFF" in proof_line("perceptron", proof)


@pytest.mark.full
@pytest.mark.parametrize("off", [0.0, 1e-9])
def test_under_xla_a_billionth_too_much_is_found(off, never_exact):
    bare, jit = never_exact(_xla_proofs_with_the_bare_epoch_off_by, off)
    assert (bare["rung"], bare["against"]) == (LADDER[0].name, jit["rung"])
    assert (bare["holds"], jit["holds"]) == (not off, True)
    assert "1e-12" in bare["criterion"]


def _xla_proofs_with_the_bare_epoch_off_by(off):
    real = engines.rung_engine

    def a_little_off(rung, config, weights):
        bare = rung is LADDER[0]
        return real(
            rung, config.but(learning_rate=config.learning_rate * (1 + off * bare)), weights
        )

    config = default_config("perceptron", batch_size=rung_proof.BATCH_SIZE, dtype="float64")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "rung_engine", a_little_off)
        return list(_proved("xla", config, rung_proof.ModelData(config, "digits", 300)))


@pytest.mark.full
def test_batch_norm_under_xla_is_held_to_its_weights(never_exact):
    proofs = never_exact(_xla_proofs_of_batch_norm)
    assert [proof["tensor"] for proof in proofs if not proof["holds"]] == []
    assert all("1e-12" in proof["criterion"] for proof in proofs)
    assert any(proof["max_ulp"] for proof in proofs)


def _xla_proofs_of_batch_norm():
    config = default_config("convnet-batchnorm", batch_size=8, dtype="float64")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rung_proof, "SAMPLES", 20)
        return list(_proved("xla", config, rung_proof.ModelData(config, "digits", 300)))


def _proved(mode, config, data):
    return rung_proof._prove(mode, config.but(**rung_proof.MODES[mode]), data)


def test_where_xla_drops_other_units_the_loss_is_compared():
    found, wanted = rung_proof.Ended({}, 2.0), rung_proof.Ended({}, 2.3)
    assert rung_proof.by_loss("a", "b", found, wanted)["holds"]
    assert not rung_proof.by_loss("a", "b", rung_proof.Ended({}, 1.7), wanted)["holds"]
    assert not rung_proof.by_loss("a", "b", rung_proof.Ended({}, float("nan")), wanted)["holds"]
