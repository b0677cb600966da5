"""``gvk law``: every point proved, then timed; a killed run goes on."""

import pytest

from bench.law import fit as law_fit
from bench.law import points as law_points
from bench.law.points import MATRIX
from bench.records.reading import FILE_NAME, read


@pytest.fixture
def short_sweep(monkeypatch, hasty, one_process):
    from bench.law import measure as law
    from bench.law import stand as law_arms

    monkeypatch.setattr(law_points, "BATCH_SIZES", (2, 32))
    monkeypatch.setattr(law_arms, "SAMPLES", 256)
    monkeypatch.setattr(law, "MATRIX_SIZE", 64)


def test_the_command_fits_a_law_and_stores_it(gvk, short_sweep, monkeypatch, tmp_path):
    """Of one engine of either side; all of them stand in the test below."""
    monkeypatch.setattr("bench.law.proof.WALKS", (("fit", ("step",)),))
    for module in ("points", "measure"):
        monkeypatch.setattr(f"bench.law.{module}.TIMED", (("raw", "step"), ("keras", "fit")))
    code, out, err = gvk(
        "law", "perceptron", *["--dataset", "digits", "--limit", "300", "--blocks", "2"]
    )
    assert code in (0, 3), err  # whether two blocks find the crossover is up to the machine
    assert "law perceptron keras fit: " in out
    records = read(tmp_path / "reports" / "digits")
    proofs = [record for record in records if record["kind"] == "parity"]
    assert [proof["holds"] for proof in proofs] == [True, True]  # at two batch sizes
    _works_out_again(records)


@pytest.mark.full
def test_the_command_measures_stores_and_goes_on_after_a_kill(gvk, short_sweep, tmp_path):
    command = ("law", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")
    command += ("--margin", "30%")
    code, out, err = gvk(*command)
    assert code in (0, 3), err
    assert "law perceptron keras fit: " in out
    assert "30 %" in out
    assert law_points.NOTHING_TO_WIDEN in out
    folder = tmp_path / "reports" / "digits"
    records = read(folder)
    kinds = [record["kind"] for record in records]
    assert (kinds.count("block"), kinds.count("stand"), kinds.count("law")) == (6, 3, 1)
    assert kinds.count("parity") == 8  # at both batch sizes three raw engines, and one more walk
    assert all(record["holds"] for record in records if record["kind"] == "parity")
    last = max(n for n, kind in enumerate(kinds) if kind == "block")
    lines = (folder / FILE_NAME).read_bytes().splitlines(keepends=True)
    (folder / FILE_NAME).write_bytes(b"".join(lines[:last]))  # as a kill would leave it
    code, _, err = gvk(*command, "--resume")
    assert code in (0, 3), err
    after = read(folder)
    assert len({record["run"] for record in after}) == 1
    assert [r["kind"] for r in after if r["kind"] != "resume"] == kinds
    assert after[:last] == records[:last]
    _works_out_again(after)
    assert {record["threshold"] for record in after if record["kind"] == "law"} == {0.3}


def _works_out_again(records):
    from bench.records.reading import plain

    (law,) = [record for record in records if record["kind"] == "law"]
    stands, blocks = ([r for r in records if r["kind"] == kind] for kind in ("stand", "block"))
    again = plain(law_fit.summary(stands, blocks))
    assert {key: law[key] for key in again} == again


def test_a_point_that_is_not_equal_is_not_timed(gvk, short_sweep, monkeypatch, tmp_path):
    from bench.law import measure as law
    from bench.proof.lockstep import Parity

    def unequal(store, exact, config, dataset, limit):
        return [Parity(config, "0 ULP", (), 1, 1, ())]

    monkeypatch.setattr(law, "prove_point", unequal)
    command = ("law", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")
    code, out, _ = gvk(*command)
    assert code == 1
    assert "not proved equal" in out
    blocks = [r for r in read(tmp_path / "reports" / "digits") if r["kind"] == "block"]
    assert {block["point"] for block in blocks} == {MATRIX}
