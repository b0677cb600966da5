"""The verb with peers: checked, timed in turns, stored, reported and worked out again."""

import json

import pytest

from bench.records.reading import read
from bench.report.verify import verify
from bench.timing.turns import Worker
from tests.bench.peers import stand_ins

SMALL = ("--dataset", "digits", "--limit", 300, "--blocks", 2, "--no-accuracy", "--no-timing")


@pytest.fixture
def stood_in(monkeypatch, hasty, one_process):
    """Let NumPy stand where the twins' workers do."""
    monkeypatch.setattr("bench.peers.measure.candidates", stand_ins.candidates)


def measured(gvk, *more):
    return gvk("bench", "perceptron", "--engine", "epoch", *SMALL, "--verbose", *more)


@pytest.mark.usefixtures("stood_in")
def test_peers_are_timed_beside_the_twins_and_stand_in_the_report(gvk, tmp_path):
    code, out, err = measured(gvk, "--peers", "numpy,sklearn", "--json", "peers.json")
    assert code == 0, err
    assert "perceptron numpy (numpy" in out
    (record,) = [r for r in json.loads((tmp_path / "peers.json").read_text())["records"]
                 if r["kind"] == "peers"]  # fmt: skip
    arms = ["keras fit", "raw epoch", "numpy", "sklearn", "keras fit again", "raw epoch again"]
    assert [arm["arm"] for arm in record["arms"]] == arms
    assert record["by_hand"] == {"best": "raw epoch", "best with the same bits": "raw epoch"}
    assert [each["peer"] for each in record["against"]] == ["numpy", "sklearn"]
    assert {check["arm"]: check["holds"] for check in record["checks"]} == {
        "numpy": True, "sklearn": True,
    }  # fmt: skip
    page = (tmp_path / "reports/digits/model-perceptron.md").read_text()
    assert "## Beside other libraries" in page
    assert "peers-perceptron.svg" in page
    assert verify(tmp_path / "reports/digits").faults == ()
    records = read(tmp_path / "reports/digits")
    assert {r["task"] for r in records if r["kind"] == "block"} == {"peers"}
    # all is there: nothing is started again
    assert measured(gvk, "--peers", "numpy,sklearn", "--resume")[0] == 0
    assert len(read(tmp_path / "reports/digits")) == len(records)


@pytest.mark.usefixtures("stood_in")
def test_a_peer_that_is_not_equal_is_not_timed_and_shown_so(gvk, tmp_path, monkeypatch):
    from bench.peers import measure

    def unlike(worker, reference, folder):
        if worker.name == "numpy":
            return {"holds": False, "why": "not equal: dense_1/kernel", "steps": 3}
        return whole(worker, reference, folder)

    whole = measure.check
    monkeypatch.setattr(measure, "check", unlike)
    _, out, _ = measured(gvk, "--peers", "numpy,sklearn")
    assert "numpy 2" in out.replace("(numpy", "numpy")
    assert "not timed, not equal: dense_1/kernel" in out
    (record,) = [r for r in read(tmp_path / "reports/digits") if r["kind"] == "peers"]
    assert "numpy" not in [arm["arm"] for arm in record["arms"]]
    page = (tmp_path / "reports/digits/model-perceptron.md").read_text()
    assert "- numpy: not equal: dense\\_1/kernel." in page or "- numpy: not equal" in page


def test_workers_are_told_what_a_library_cannot_say():
    from bench.peers.measure import NOT_WRITTEN
    from bench.peers.names import PEERS
    from bench.peers.stand import peer_member
    from bench.specs import default_config
    from bench.timing.turns import WorkerFailed

    (way,) = PEERS["numpy"].ways
    worker = peer_member(way, PEERS["numpy"], default_config("convnet")).start("digits", 300)
    try:
        with pytest.raises(WorkerFailed, match=NOT_WRITTEN + "nobody"):
            worker.call("walk", given="a", to="b")
    finally:
        worker.close()
    assert isinstance(worker, Worker)
