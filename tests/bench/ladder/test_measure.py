"""How a ladder is climbed: proved first, pairs in turns, and on from where it was killed."""

import json
from pathlib import Path

import pytest

from bench.data.epoch_order import steps_per_epoch
from bench.ladder import measure as ladder
from bench.ladder import stand as ladder_arms
from bench.ladder import summary as ladder_summary
from bench.ladder.rungs import (
    AS_IT_COMES,
    CONTROL,
    EPOCH,
    LADDER,
    LEAST_STEPS,
    LEFT_OUT,
    OPTIONS,
    every_rung,
    pairs,
)
from bench.ladder.stand import PairPace, PairStand, Rungs, Sizes
from bench.records.reading import plain, read
from bench.records.writing import Store
from bench.specs import default_config
from bench.timing.slices import Slice, Slices
from tests.bench.ladder.hand_made import SPEEDS
from tests.haste import hasten


def test_a_rung_that_is_not_proved_is_not_timed(monkeypatch, tmp_path):
    wrong = {
        "rung": "metrics", "against": "fit", "criterion": "0 ULP", "steps": 3, "holds": False,
        "tensor": "dense_1/bias", "max_abs": 0.1, "max_relative": 0.1, "max_ulp": 9, "note": "",
    }  # fmt: skip
    monkeypatch.setattr(ladder, "in_fresh_process", lambda *_: [wrong])
    store, said = Store(tmp_path / "r"), []
    store.start()
    assert ladder.measure(store, "mlp", ladder.LadderPlan(dataset="digits"), said.append) == 1
    assert [record["kind"] for record in read(tmp_path / "r")] == ["run", "rung-proof"]
    assert said == [
        "proof      mlp metrics: DIFF, 0 ULP against fit, 3 steps (dense_1/bias: 9 ULP, 1.0e-01)"
    ]


@pytest.mark.parametrize(("slower", "start"), [(1.9, LADDER[0]), (3.0, LADDER[1])])
def test_a_first_look_decides_where_the_ladder_starts(monkeypatch, slower, start):
    times = {rung.name: 0.001 for rung in every_rung()} | {LADDER[0].name: 0.001 * slower}
    looked = {}

    def look(built, samples):
        looked.setdefault(built.rung.name, []).append(samples)
        return times[built.rung.name]

    monkeypatch.setattr(ladder_arms.BuiltRung, "seconds", look)
    rungs = Rungs(default_config("perceptron"), "digits", 400)
    size = ladder_arms.sizes(rungs, 1.0)
    assert size.start == start.name
    assert steps_per_epoch(rungs.config, size.samples) >= LEAST_STEPS
    assert set(looked) == {rung.name for rung in every_rung()} == set(size.step_seconds)
    timed_pairs = list(pairs(size.start))
    for pair in timed_pairs:
        left_out = pair.role == LEFT_OUT
        assert size.samples_of(pair) == (size.few if left_out else size.samples_of(pair))
        beside = pair.upper in OPTIONS or pair.role == CONTROL
        assert (size.samples_of(pair) == size.many) == beside
    of_rung = {}  # a rung that is held twice at once would wait for itself
    for pair in timed_pairs:
        for rung in (pair.lower, pair.upper):
            if rung.piped:
                of_rung.setdefault(rung.name, set()).add(size.samples_of(pair))
    assert all(len(samples) == 1 for samples in of_rung.values())
    assert len(timed_pairs) == len(list(pairs()))


def test_an_epoch_of_a_slow_model_is_cut_but_not_below_its_least_steps(monkeypatch):
    monkeypatch.setattr(ladder_arms.BuiltRung, "seconds", lambda built, samples: 0.5)
    rungs = Rungs(default_config("mlp"), "digits", None)
    size = ladder_arms.sizes(rungs, 2.0)
    assert steps_per_epoch(rungs.config, size.samples) == LEAST_STEPS


class Clocked:
    """Stands where a rung's runner does: it takes no step, and says what its speed is."""

    def __init__(self, name, called):
        self.name, self.called = name, called

    def take(self, steps):
        self.called.append(self.name)
        return Slice(1e-6 * SPEEDS[self.name] * steps, steps)

    def close(self):
        pass


def quick_ladder(monkeypatch, called):
    """Let the ladder be climbed without training: a slice notes which rung it was."""
    hasten(monkeypatch)
    size = Sizes(40 * 128 - 64, 300, 50, SPEEDS, LADDER[0].name, 300, 300)
    monkeypatch.setattr(ladder, "sizes", lambda rungs, seconds: size)

    def opened(stand):
        pace = PairPace(SPEEDS, 2, 0, dict.fromkeys(stand.arms, EPOCH))
        return Slices({name: Clocked(name, called) for name in stand.arms}, pace)

    monkeypatch.setattr(PairStand, "open", opened)
    right = {"criterion": "0 ULP", "steps": 3, "holds": True, "max_ulp": 0, "note": ""}
    proofs = [
        {"rung": r.name, "against": "fit", **right} for r in every_rung() if r is not AS_IT_COMES
    ]
    monkeypatch.setattr(ladder, "in_fresh_process", lambda *_: proofs)


def climb(folder, resume):
    store = Store(folder)
    store.start(resume, verb="ladder")
    ladder.measure(store, "mlp", ladder.LadderPlan(dataset="digits", blocks=2), lambda line: None)
    store.finish()
    return read(folder)


def test_a_killed_ladder_goes_on_where_it_was(monkeypatch, tmp_path):
    called = []
    quick_ladder(monkeypatch, called)
    whole = climb(tmp_path / "r", resume=False)
    n_pairs = len(list(pairs()))
    assert sum(record["kind"] == "block" for record in whole) == 2 * n_pairs
    path = tmp_path / "r" / "records.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    first = next(n for n, record in enumerate(whole) if record["kind"] == "block")
    kept = first + n_pairs + 3  # the first block of all pairs, and the second of three
    path.write_text("".join(lines[:kept]) + lines[kept][:40])
    called.clear()
    again = climb(tmp_path / "r", resume=True)
    assert len(called) == 4 * (n_pairs - 3)
    assert again[:kept] == whole[:kept]
    blocks = {}
    for record in (r for r in again if r["kind"] == "block"):
        blocks.setdefault(record["pair"], []).append(record)
    assert all([block["block"] for block in own] == [0, 1] for own in blocks.values())
    stands = [record for record in again if record["kind"] == "stand"]
    (stored,) = (record for record in again if record["kind"] == "ladder")
    worked_out = plain(ladder_summary.summary(stands, blocks))
    assert {key: stored[key] for key in worked_out} == worked_out


def test_pairs_take_turns(monkeypatch, tmp_path):
    quick_ladder(monkeypatch, [])
    found = [record["pair"] for record in climb(tmp_path / "r", False) if record["kind"] == "block"]
    names = [pair.name for pair in pairs()]
    assert found == names + names


def test_a_pair_has_the_least_blocks_whatever_the_budget():
    stop = ladder.LadderPlan(time_budget=1.0).measurement(0.05).stop
    slow = [ladder.Block(n, "abba", [1.0] * 4, 1, 0.0, None, wall_seconds=9.0) for n in range(4)]
    assert stop.reason(slow[:3], lambda blocks: 1.0) == ""
    assert "time budget" in stop.reason(slow, lambda blocks: 1.0)


BAD = {
    "unknown model": (("cnn",), "unknown model 'cnn'"),
    "unknown precision": (("mlp", "--precision", "best"), "best"),
    "limit of 0": (("mlp", "--dataset", "digits", "--limit", 0), "--limit"),
    "one block": (("mlp", "--blocks", 1), "--blocks"),
    "missing data set": (("mlp", "--dataset", "none.npz"), "none.npz"),
    "json in no folder": (("mlp", "--json", "no/where.json"), "no/where.json"),
    "name outside the reports": (("mlp", "--dataset", "digits", "--name", "../x"), "--name"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2(gvk, case):
    arguments, words = BAD[case]
    code, out, err = gvk("ladder", *arguments)
    assert code == 2, out + err
    assert words in err
    assert err.startswith("gvk: ")
    assert err.count("\n") == 1


def test_the_verb_stores_its_records_and_takes_them_up_again(gvk, monkeypatch):
    called = []
    quick_ladder(monkeypatch, called)
    options = ("ladder", "mlp", "--dataset", "digits", "--blocks", 2, "--reports", "reports")
    code, out, _ = gvk(*options, "--json", "ladder.json")
    assert code == 0, out
    assert "ladder     mlp tf.data: " in out
    assert "ladder     mlp advice: " in out
    records = json.loads(Path("ladder.json").read_text())["records"]
    assert [records[0]["kind"], records[-1]["kind"]] == ["run", "end"]
    called.clear()
    again, out_again, _ = gvk(*options, "--resume")
    assert (again, out_again.splitlines()) == (code, out.splitlines())
    assert called == []


def test_whole_epochs_have_more_of_the_budget():
    every = list(pairs())
    of = dict(zip(every, ladder.shares(every), strict=True))
    assert sum(of.values()) == pytest.approx(1)
    whole = [share for pair, share in of.items() if EPOCH in pair.units]
    rest = [share for pair, share in of.items() if EPOCH not in pair.units]
    assert len(whole) == 3
    assert min(whole) == pytest.approx(ladder.EPOCHS_WEIGH * max(rest))
