"""Jobs in several processes: each result comes once and in order, though a process be killed."""

import os
import time

import psutil
import pytest

from bench.errors import Interrupted, UserError
from bench.jobs.opening import opened
from bench.jobs.pool import Here
from bench.jobs.processes import Processes


def test_every_result_comes_once_and_in_order(give):
    with Processes(2) as pool:
        found = give(pool, "square", [3, 4, 5, 6])
    assert [result for result, _ in found] == [9, 16, 25, 36]
    assert os.getpid() not in {pid for _, pid in found}
    assert len({pid for _, pid in found}) <= 2


def test_what_was_killed_is_done_again_and_nothing_twice(give):
    with Processes(2) as pool:
        assert give(pool, "killed_once", range(4)) == [0, 1, 2, 3]


def test_what_is_killed_again_and_again_is_said_once_all_else_is_done(give, tmp_path):
    with Processes(2) as pool, pytest.raises(UserError) as said:
        give(pool, "killed_always", range(3))
    assert "--jobs 2: give fewer at a time (1 of 3 jobs were killed 3 times" in str(said.value)
    assert "signal 9 (SIGKILL)); 2 results are kept" in str(said.value)
    tried = {f.name: len(f.read_text()) for f in tmp_path.glob("tried-*")}
    assert tried == {"tried-0": 1, "tried-1": 3, "tried-2": 1}


def test_the_same_jobs_go_on_with_what_is_kept(give, tmp_path, capsys):
    with pytest.raises(Interrupted, match="2 results are kept, the same command goes on"):
        give(Here(), "stopped", range(5))
    assert give(Here(), "stopped", range(5)) == [0, 1, 2, 3, 4]
    assert (tmp_path / "done").read_text() == "01234"
    assert "goes on: 2 of 5 are kept in" in capsys.readouterr().err
    assert not list((tmp_path / "cache").iterdir())


def test_a_line_that_a_kill_cut_off_is_done_again(give, tmp_path):
    with pytest.raises(Interrupted):
        give(Here(), "stopped", range(5))
    (kept,) = (tmp_path / "cache").glob("*.jsonl")
    kept.write_text(kept.read_text()[:-3])
    assert give(Here(), "stopped", range(5)) == [0, 1, 2, 3, 4]
    assert (tmp_path / "done").read_text() == "011234"


def test_another_program_starts_anew(give, tmp_path, monkeypatch):
    with pytest.raises(Interrupted):
        give(Here(), "stopped", range(5))
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    give(Here(), "stopped", range(5))
    assert (tmp_path / "done").read_text() == "0101234"


def test_a_cache_that_cannot_be_written_changes_nothing_else(give, tmp_path):
    (tmp_path / "cache").touch()
    with pytest.raises(Interrupted, match="nothing is kept"):
        give(Here(), "stopped", range(5))


@pytest.mark.parametrize(
    ("work", "kind", "words"),
    [("refused", UserError, "task . is no good"), ("broken", RuntimeError, "division by zero")],
)
def test_what_a_job_raises_is_raised(give, work, kind, words):
    with Processes(2) as pool, pytest.raises(kind, match=words):
        give(pool, work, range(3))


def test_no_process_outlives_the_pool(give):
    before = set(psutil.Process().children(recursive=True))
    with Processes(2) as pool:
        give(pool, "square", range(2))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if set(psutil.Process().children(recursive=True)) <= before:
            return
        time.sleep(0.05)
    pytest.fail("a process is left")


def test_who_does_the_jobs_follows_the_options():
    with opened(1, None) as here, opened(2, None) as processes:
        assert (here.beside, processes.beside) == (False, True)
    with pytest.raises(UserError, match="exclude each other"), opened(2, "tcp://127.0.0.1:1"):
        pass
