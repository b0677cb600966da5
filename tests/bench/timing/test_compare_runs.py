"""``gvk compare``: ratios across runs, and a refusal where nothing can be compared."""

import pytest

from tests.bench.measured import RUN, store_run


@pytest.mark.parametrize(
    ("raw_seconds", "code", "word"),
    [(1.0, 0, "equivalent"), (1.2, 1, "slower"), (0.8, 0, "faster")],
)
def test_the_change_of_a_ratio_gets_a_verdict(gvk, tmp_path, raw_seconds, code, word):
    one = store_run(tmp_path / "a")
    two = store_run(tmp_path / "b", raw_seconds, environment={"cpu": "x", "git_commit": "b"})
    found, out, _ = gvk("compare", one.run, two.run, "--reports", tmp_path)
    assert found == code
    (line,) = out.splitlines()
    assert line.startswith("compare    mlp training raw step: 2.00")
    assert f"changed by {1 / raw_seconds:.2f}" in line
    assert f": {word} (" in line


def test_a_report_stands_for_its_latest_complete_run(gvk, tmp_path):
    store_run(tmp_path / "a", raw_seconds=1.5)
    store_run(tmp_path / "a")
    store_run(tmp_path / "a", raw_seconds=9.0, end=False)
    assert gvk("compare", "a", "a", "--reports", tmp_path)[0] == 0


def test_unlike_machines_are_not_pooled(gvk, tmp_path):
    store_run(tmp_path / "a")
    store_run(tmp_path / "b", environment={**RUN["environment"], "cpu": "y"})
    code, _, err = gvk("compare", "a", "b", "--reports", tmp_path)
    assert code == 2
    assert "environment: cpu is x in the first and y in the second" in err


def test_a_run_that_was_cut_short_gives_no_verdict(gvk, tmp_path):
    one = store_run(tmp_path / "a", end=False)
    code, _, err = gvk("compare", one.run, one.run, "--reports", tmp_path)
    assert code == 2
    assert "was cut short" in err


def test_an_unknown_run_is_refused(gvk, tmp_path):
    store_run(tmp_path / "a")
    code, _, err = gvk("compare", "a", "nothing", "--reports", tmp_path)
    assert code == 2
    assert "no complete run 'nothing'" in err
