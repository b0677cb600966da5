"""``gvk scaling`` from the proof to the page: in this process, and with processes of its own."""

import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.records.reading import read
from bench.report.verify import verify
from bench.scale.local_workers import addresses, tf_config
from bench.scaling import measure
from bench.scaling.apart import A_CALL
from bench.scaling.measure import ScalingPlan, job_of
from bench.scaling.points import COMPUTE, EXCHANGE, PROJECTION, WHOLE
from rawtf.engines.replicated import Replicated
from tests.bench.scaling.stand_ins import Here, stand_in

ARGUMENTS = ("scaling", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2",
             "--batch-size", "32", "--margin", "99%")  # fmt: skip


def test_the_verb_proves_times_stores_and_shows(gvk, hasty, monkeypatch, tmp_path):
    stand_in(monkeypatch)
    given = (*ARGUMENTS, "--replicas", "2", "--workers", "1")
    code, out, err = gvk(*given)
    assert code in (0, 3), err  # whether two blocks find a copy alike is up to the machine
    assert "scaling    perceptron 2 replicas: as one, within the noise floor" in out
    assert "GPUs: not measured: none of 2 are here" in out
    folder = tmp_path / "reports" / "digits"
    (record,) = [record for record in read(folder) if record["kind"] == "scaling"]
    assert [point["n"] for point in record["points"]] == [1, 2, 2]
    assert {each["word"] for each in record["projections"]} <= {PROJECTION}
    page = (folder / "model-perceptron.md").read_text()
    assert "## How it scales" in page
    assert "scaling-perceptron.svg" in page
    found = verify(folder)
    assert (found.faults, found.summaries) == ((), 1)
    monkeypatch.setattr(measure, "take_blocks", None)  # nothing is timed again
    again = gvk(*given, "--resume")
    assert again[0] == code
    assert again[1].splitlines()[-3:] == out.splitlines()[-3:]


@pytest.mark.full
def test_processes_of_its_own(gvk, hasty, tmp_path):
    code, out, err = gvk(*ARGUMENTS, "--replicas", "1,2", "--workers", "1,2")
    assert code in (0, 3), err
    assert "2 workers: as one, within the noise floor" in out
    folder = tmp_path / "reports" / "digits"
    records = read(folder)
    (proof,) = [record for record in records if record["kind"] == "replicas"]
    assert proof["holds"]
    (record,) = [record for record in records if record["kind"] == "scaling"]
    assert set(record["laws"]) == {"replicas", "workers"}
    assert all(b["idle_share"] is not None for b in records if b["kind"] == "block")
    assert verify(folder).faults == ()


def test_a_planted_all_reduce_is_in_the_step_and_in_the_exchange_alone(monkeypatch):
    """It is counted, not timed: whatever it takes shows where it runs."""
    ran = []
    honest = Replicated.all_reduced

    def slow(self, of_each):
        waited = tf.numpy_function(lambda: ran.append(1), [], [])
        with tf.control_dependencies([waited] if waited is not None else []):
            return [tf.identity(total) for total in honest(self, of_each)]

    monkeypatch.setattr(Replicated, "all_reduced", slow)
    config = ScalingPlan(batch_size=8).config("perceptron").to_dict()
    given = {"config": config, "dataset": "digits", "limit": 32, "n": 2, "order": "tree"}
    member = Here("", given)
    for part, times in ((WHOLE, 1), (COMPUTE, 0), (EXCHANGE, A_CALL)):
        member.call("open", name=part, part=part, batch_size=8, times=1)
        ran.clear()
        member.call("take", name=part, steps=1)
        assert len(ran) == times, part


def test_a_kind_that_does_not_end_as_one_is_not_timed(gvk, hasty, monkeypatch, tmp_path):
    stand_in(monkeypatch)
    monkeypatch.setattr(
        Replicated, "all_reduced", lambda self, of_each: [g * 2 for g in of_each[0]]
    )
    code, out, _ = gvk(*ARGUMENTS, "--replicas", "2", "--workers", "1")
    assert code == 1
    assert "perceptron 2 replicas: DIFF" in out
    folder = tmp_path / "reports" / "digits"
    assert "block" not in [record["kind"] for record in read(folder)]
    assert "Not timed, as not all" in (folder / "model-perceptron.md").read_text()
    assert verify(folder).faults == ()


def test_replicas_that_are_not_proved_are_not_started(gvk, monkeypatch):
    stand_in(monkeypatch)
    monkeypatch.setattr("bench.scaling.proof._answered", lambda job, n: {"holds": False})
    monkeypatch.setattr("bench.scaling.team.Worker", None)
    code, out, _ = gvk(*ARGUMENTS, "--replicas", "2", "--workers", "1")
    assert code == 1
    assert "DIFF, see `gvk parity --replicas 2`" in out


def test_a_batch_that_is_too_small_is_refused():
    for n, batch_size in ((8, 8), (4, 10)):  # of 5 samples four replicas get 2, 2, 1 and none
        with pytest.raises(UserError, match=f"has no sample for each of {n}"):
            job_of(ScalingPlan(replicas=(2, n), batch_size=batch_size), "mlp")


def test_replicas_are_on_gpus_where_there_is_one_for_each(monkeypatch):
    plan = ScalingPlan(replicas=(1, 2), workers=(2,))
    jobs = []
    for found in ([], ["GPU:0"], ["GPU:0", "GPU:1"]):
        monkeypatch.setattr(measure, "gpus", lambda found=found: found)
        jobs.append(job_of(plan, "mlp"))
    assert [job.on_gpu for job in jobs] == [False, False, True]
    assert [job.workers for job in jobs] == [(2,), (2,), ()]
    assert measure.left_out(jobs[2], plan) == {"workers": "each would need GPUs of its own"}
    monkeypatch.setattr(measure, "gpus", lambda: ["GPU:0"])
    assert measure.left_out(jobs[1], plan) == {"GPUs": "1 of 2 are here"}


def test_each_worker_is_told_who_it_is_and_where_all_are():
    import json

    of = addresses(3)
    told = [json.loads(tf_config(each, of)) for each in range(3)]
    assert [each["task"]["index"] for each in told] == [0, 1, 2]
    assert len({tuple(each["cluster"]["worker"]) for each in told}) == 1
    assert len(set(told[0]["cluster"]["worker"])) == 3


@pytest.mark.parametrize("bad", ["0,2", "two", "1,,2", ""])
def test_numbers_are_numbers(gvk, bad):
    code, out, err = gvk("scaling", "mlp", "--replicas", bad)
    assert (code, out) == (2, "")
    assert "--replicas" in err
    assert err.count("\n") == 1
