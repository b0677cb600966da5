"""Jobs on a cluster: each result once and as on this machine, whoever dies; and who is refused."""

import os
import signal
import socket
import sys
import threading
import time
from collections import Counter

import psutil
import pytest

from bench.data.for_model import dataset_for
from bench.data.named import Named, named
from bench.errors import Interrupted, UserError
from bench.jobs import on_dask, on_worker
from bench.jobs.job import Job
from bench.jobs.opening import opened
from bench.specs import model_spec
from tests.bench.jobs.works import HERE

distributed = pytest.importorskip("distributed")


def local_cluster(workers=2):
    """Return a cluster like a user's own: its nannies start a killed worker again."""
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=50,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cluster():
    with local_cluster() as cluster:
        yield cluster


def workers(cluster) -> list[int]:
    return [worker.pid for worker in cluster.workers.values()]


def test_a_worker_killed_in_the_middle_costs_no_result_and_doubles_none(cluster, tmp_path):
    jobs = {n: Job(HERE + "slow", {"number": n, "folder": str(tmp_path)}) for n in range(12)}
    came = []
    with opened(1, cluster.scheduler_address) as pool:
        for number, answer in pool.answers(jobs):
            came.append((number, answer["result"]))
            if len(came) == 3:
                first = workers(cluster)[0]
                its = psutil.Process(first).children()
                os.kill(first, signal.SIGKILL)
    _, left = psutil.wait_procs(its, timeout=60)
    assert its
    assert not left, "what a killed worker had started goes on"
    assert Counter(came) == Counter((n, n) for n in range(12))
    assert len(list(tmp_path.iterdir())) > 12, "no job was begun twice: the kill came too late"


def test_a_job_has_the_settings_of_who_asks_and_not_those_of_the_worker(cluster, give, monkeypatch):
    with distributed.Client(cluster, set_as_default=False) as client:
        at_worker = set(client.run(os.environ.get, "OMP_NUM_THREADS").values())
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("TF_NOTHING", "7")
    with opened(1, cluster.scheduler_address) as pool:
        assert give(pool, "settings", [0]) == [{"OMP_NUM_THREADS": None, "TF_NOTHING": "7"}]
    assert at_worker == {"1"}


def test_a_job_whose_process_dies_is_tried_three_times_and_the_others_are_kept(
    cluster, give, tmp_path
):
    said = "1 of 3 jobs were killed 3 times, at last by signal 9 .*; 2 results are kept"
    with opened(1, cluster.scheduler_address) as pool, pytest.raises(UserError, match=said):
        give(pool, "killed_always", range(3))
    assert (tmp_path / "tried-1").read_text() == "..."


@pytest.mark.full
def test_a_scheduler_that_is_gone_ends_the_run_which_goes_on_elsewhere(give, tmp_path):
    def lose():
        while len(list(tmp_path.glob("*-*"))) < 4:
            time.sleep(0.02)
        lost.close()

    with local_cluster() as lost:
        threading.Thread(target=lose).start()
        said = r"is gone: \d results are kept, the same command goes on"
        with opened(1, lost.scheduler_address) as pool, pytest.raises(Interrupted, match=said):
            give(pool, "slow", range(12))
    begun = len(list(tmp_path.glob("*-*")))
    with opened(2, None) as processes:
        assert give(processes, "slow", range(12)) == list(range(12))
    assert len(list(tmp_path.glob("*-*"))) - begun < 12


@pytest.mark.full
def test_a_cluster_that_loses_its_last_worker_ends_the_run(give, monkeypatch, tmp_path):
    monkeypatch.setattr(on_dask, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(on_dask, "WITHOUT_WORKERS_SECONDS", 2)

    def lose():
        while len(list(tmp_path.glob("*-*"))) < 3:
            time.sleep(0.02)
        lost.scale(0)

    with local_cluster(workers=1) as lost:
        threading.Thread(target=lose).start()
        said = r"no worker is left at tcp://.*: \d results are kept, the same command goes on"
        with opened(1, lost.scheduler_address) as pool, pytest.raises(Interrupted, match=said):
            give(pool, "slow", range(12))


@pytest.fixture
def silent():
    """Return the address of somebody who takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://host", "tcp://:x"])
def test_what_is_no_address_is_one_line(gvk, address):
    code, _, err = gvk("parity", "perceptron", "--dataset", "digits", "--scheduler", address)
    assert (code, err.count("\n")) == (2, 1)
    assert f"--scheduler {address}: is no address: give one such as tcp://host:8786" in err


@pytest.mark.parametrize("who", ["nobody", "silent"])
def test_who_does_not_answer_is_given_up(gvk, monkeypatch, silent, who):
    monkeypatch.setattr(on_dask, "PATIENCE_SECONDS", 0.5)
    address = silent if who == "silent" else "tcp://127.0.0.1:1"
    code, _, err = gvk("parity", "perceptron", "--dataset", "digits", "--scheduler", address)
    assert (code, err.count("\n")) == (2, 1)
    assert "no scheduler of Dask answers there" in err


def refused(address, data, words):
    with pytest.raises(UserError, match=words), opened(1, address, data):
        pass


def test_a_cluster_without_workers_is_one_line(monkeypatch):
    monkeypatch.setattr(on_dask, "PATIENCE_SECONDS", 0.5)
    with local_cluster(workers=0) as cluster:
        refused(cluster.scheduler_address, [], "no workers: start some with `dask worker tcp://127")


def test_without_the_extra_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused("tcp://127.0.0.1:8786", [], r"needs the extra \[cluster\]")


@pytest.mark.full
def test_workers_with_another_program_or_other_data_are_refused(monkeypatch, cluster):
    """The program that is asked for is another one than that of the workers."""
    address, spec = cluster.scheduler_address, model_spec("perceptron")
    digits = named(dataset_for(spec, "digits"), spec, "digits", None)
    with opened(1, address, [digits]):
        pass
    other = Named("digits", digits.digits, None, "0" * 64)
    refused(address, [other], "worker tcp://.*: --dataset digits: there are other data there")
    absent = Named("/nowhere/mnist.npz", (), None, "0" * 64)
    refused(address, [absent], "worker tcp://.*nowhere/mnist.npz")
    with monkeypatch.context() as patch:
        patch.setattr(on_worker, "complaint", len)  # raises, as where there is no such function
        refused(address, [digits], r"worker tcp://.*: cannot be asked \(.*\): install this gvk")
    own = on_dask.program({})
    monkeypatch.setattr(on_dask, "program", lambda _: own | {"keras": "3.0.0"})
    refused(address, [digits], "it has keras .* in place of 3.0.0: install the same there")


def test_a_worker_that_joins_late_is_asked_too():
    answer = on_worker.do("run", {}, {"keras": "3.0.0"}, "[]")
    assert answer["error"] == "UserError"
    assert "in place of 3.0.0" in answer["said"]
