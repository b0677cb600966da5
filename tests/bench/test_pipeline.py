"""The order that nothing may break: proof, then accuracy, then time."""

from bench.pipeline import Plan, run_model
from bench.results import read
from bench.store import Store
from tests.faults import plant_sum_for_mean

PLAN = Plan(dataset="digits", limit=130, parity_steps=2, epochs=1, blocks=2, engines=("step",))


class Here:
    """Runs in this process what the pipeline hands to another."""

    def submit(self, work, *arguments):
        self.result = lambda: work(*arguments)
        return self


def _kinds(folder):
    return [record["kind"] for record in read(folder)]


def test_an_unproved_pair_is_neither_trained_nor_timed(monkeypatch, tmp_path):
    plant_sum_for_mean(monkeypatch)
    said = []
    store = Store(tmp_path / "r")
    store.start()
    found = run_model(store, Here(), "perceptron", PLAN, said.append)
    assert not found.holds
    assert _kinds(tmp_path / "r") == ["run", "parity"]
    (line,) = said
    assert "DIFF, loss loss: step 1" in line
