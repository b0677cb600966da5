"""The ladder: its rungs train the same model, and its figures follow from its blocks."""

import json
from pathlib import Path

import pytest

from bench.ladder import measure as ladder
from bench.ladder import stand as ladder_arms
from bench.ladder import summary as ladder_summary
from bench.ladder.lines import ladder_lines
from bench.ladder.rungs import CONTROL, LADDER, PLAIN, SIDEWAYS_RUNGS, WHOLE, every_rung, pairs
from bench.ladder.stand import PairStand, Rungs, Sizes
from bench.ladder.table import ladder_table, make_figure
from bench.records.reading import plain, read
from bench.records.writing import Store
from bench.render.svg import svg
from bench.specs import default_config
from bench.stats.combining import difference, quotient
from bench.stats.intervals import Estimate, palindrome
from bench.timing import blocks as paired

STEPS, EPOCHS = 10, 2
# microseconds a step of every rung: each takes 100 more than the one below
SPEEDS = {rung.name: 1000.0 + 100 * place for place, rung in enumerate(LADDER)}
SPEEDS |= {PLAIN.name: 1900.0, PLAIN.again.name: 1900.0}
ASIDE = (1400.0, 1900.0, 2900.0, 1700.0)
SPEEDS |= dict(zip([rung.name for rung in SIDEWAYS_RUNGS], ASIDE, strict=True))


def blocks_of(pair, speeds, jitter=(0.0, 0.0, 0.0, 0.0)):
    """Return blocks as they are stored; jitter is added to each segment of the upper rung."""
    arms = (pair.lower.name, pair.upper.name)
    found = []
    for number, more in enumerate(jitter):
        order = palindrome(arms, 0, number)
        us = [speeds[name] + (more if name == arms[1] else 0.0) for name in order]
        seconds = [1e-6 * each * STEPS * EPOCHS for each in us]
        found.append({"block": number, "order": order, "seconds": seconds})
    return found


def summed(changed=(), jitter=(0.0, 0.0, 0.0, 0.0), start=LADDER[0].name):
    """Return the summary of blocks made by hand, the speeds of some pairs changed by role."""
    stands, blocks = [], {}
    config = default_config("mlp")
    names = {rung.name for pair in pairs() for rung in (pair.lower, pair.upper)}
    epochs = dict.fromkeys(names, EPOCHS)
    size = Sizes(STEPS * 128 - 64, 2 * STEPS * 128, 50, epochs, start, STEPS * 128 - 64, epochs)
    how = ladder.LadderPlan().measurement(17)
    for pair in pairs(start):
        facts = ladder.stand_facts(pair, config, size, how)
        stands.append({"model": "mlp", "task": "ladder", "pair": pair.name, **facts})
        speeds = SPEEDS | dict(changed).get(pair.role, {})
        blocks[pair.name] = blocks_of(pair, speeds, jitter)
    return ladder_summary.summary(stands, blocks)


# Proof


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


# Figures


def test_costs_shares_and_checks_of_hand_made_blocks():
    found = summed()
    assert [rung["us"] for rung in found["rungs"]] == pytest.approx([100.0] * 12)
    assert [rung["share"] for rung in found["rungs"]] == pytest.approx([1 / 12] * 12)
    assert found["bottom"]["us"] == pytest.approx(1000)
    assert found["top"]["us"] == pytest.approx(2200)
    assert found["sum"]["us"] == pytest.approx(1200)
    assert found["direct"]["us"] == pytest.approx(1200)
    assert found["fit"]["us"] == pytest.approx(1000)
    assert [option["us"] for option in found["sideways"]] == pytest.approx([-500, 0, 1000, -200])
    assert found["sideways"][0]["won"] == pytest.approx(0.5)
    assert found["agrees"]
    assert found["control"]["ratio"] == pytest.approx(1)
    assert found["control"]["holds"]


def test_the_advice_follows_from_the_figures():
    advice = summed()["advice"]
    assert "1,000 us a step more than the barest epoch, 50% of its step" in advice
    assert "steps_per_execution=32 wins back 50% of it (50% to 50%)" in advice
    assert "autotune.enabled=False wins back 20% of it (20% to 20%)" in advice
    assert "run_eagerly=True adds 1,000 us" in advice
    assert "jit_compile" not in advice
    slow = {rung.name: 1e5 + us for rung, us in zip(LADDER, SPEEDS.values(), strict=False)}
    everywhere = {"rung": slow, WHOLE: slow}
    assert "to drop below Keras buys little here" in summed(everywhere)["advice"]
    ends = {LADDER[0].name: 1100.0, LADDER[-1].name: 1300.0}  # fit itself costs nothing here
    free = dict.fromkeys(("rung", WHOLE), dict.fromkeys(SPEEDS, 1000.0) | ends)
    assert "cannot be told from nothing" in summed(free)["advice"]
    assert "steps_per_execution=32 takes 500 us off a step of `fit`" in summed(free)["advice"]
    unchanged = {"sideways": dict.fromkeys(SPEEDS, 1900.0)}
    assert "no option of `compile` or `tf.data` wins anything" in summed(unchanged)["advice"]


def test_an_xla_that_is_slower_is_left_out_and_named():
    slower = {"left out": SPEEDS | {LADDER[0].name: 9000.0}}
    found = plain(summed(slower, start=LADDER[1].name))
    assert (found["bottom"]["rung"], found["bottom"]["us"]) == (LADDER[1].name, 1100)
    assert [rung["rung"] for rung in found["rungs"]] == [rung.name for rung in LADDER[2:]]
    assert sum(rung["share"] for rung in found["rungs"]) == pytest.approx(1)
    assert found["fit"]["us"] == pytest.approx(900)
    (bare,) = found["left_out"]
    assert (bare["rung"], bare["us"]) == (LADDER[0].name, pytest.approx(7900))
    assert "900 us a step more than a whole epoch in one graph" in found["advice"]
    assert "bare epoch, compiled by XLA, adds 7,900 us to that" in found["advice"]
    assert any("left out as slower: bare epoch, 7,900.0 us" in line for line in ladder_lines(found))
    assert "left_out" not in summed()
    assert "less without XLA" in ladder_table(found)
    assert svg(make_figure, found) != svg(make_figure, plain(summed()))


@pytest.mark.parametrize(("slower", "start"), [(1.9, LADDER[0]), (3.0, LADDER[1])])
def test_a_first_look_decides_where_the_ladder_starts(monkeypatch, slower, start):
    times = {rung.name: 0.01 for rung in every_rung()} | {LADDER[0].name: 0.01 * slower}
    monkeypatch.setattr(ladder_arms, "_look", lambda opened, samples: times[opened.rung.name])
    monkeypatch.setattr(ladder_arms, "_samples", lambda top, seconds: 300)
    rungs = Rungs(default_config("perceptron"), "digits", 400)
    size = ladder_arms.sizes(rungs, 1.0)
    assert size.start == start.name
    timed_pairs = list(pairs(size.start))
    for pair in timed_pairs:
        own = size.of(pair)
        assert all(own.epochs[rung.name] >= 1 for rung in (pair.lower, pair.upper))
        assert own.samples == (size.few if pair.role == "left out" else 300)
    assert len(timed_pairs) == len(list(pairs()))


def test_the_intervals_come_from_the_spread_over_blocks():
    jitter = (-20.0, -10.0, 10.0, 20.0)  # sd 18.26, t(3) 3.182: 29.05 either way
    found = summed(jitter=jitter)
    rung = found["rungs"][0]
    assert (rung["low"], rung["high"]) == pytest.approx((70.95, 129.05), abs=0.01)
    apart = 12**0.5 * 29.05  # errors of 12 rungs in quadrature
    assert found["sum"]["high"] - found["sum"]["us"] == pytest.approx(apart, abs=0.1)


def test_the_check_fails_when_the_rungs_do_not_add_up():
    direct = SPEEDS | {LADDER[-1].name: 2300.0}  # 1,300 measured directly, not 1,200
    found = summed({WHOLE: direct})
    assert not found["agrees"]
    assert found["apart"]["us"] == pytest.approx(-100)
    assert found["advice"] == "none: the rungs do not add up to what was measured directly"
    near = summed({WHOLE: SPEEDS | {LADDER[-1].name: 2220.0}})  # within 2 % of the whole
    assert near["agrees"]


def test_a_check_that_sees_too_little_says_so():
    assert summed()["resolved"]
    found = summed(jitter=(-200.0, -100.0, 100.0, 200.0))  # 12 rungs known to 290 us each
    assert found["agrees"]
    assert not found["resolved"]
    assert found["advice"].endswith("known too badly to see whether they add up: measure longer")


def test_the_advice_is_withheld_when_the_control_fails():
    found = summed({CONTROL: {PLAIN.again.name: 2000.0}})
    assert not found["control"]["holds"]
    assert found["advice"].startswith(
        "none: the control, `fit` against a copy of itself, is at 0.9"
    )
    assert any(line.endswith("NOT AT 1") for line in ladder_lines(plain(found)))


def test_independent_intervals_combine_each_side_for_itself():
    a, b = Estimate(5.0, 2.0, 9.0, 8), Estimate(3.0, 2.0, 6.0, 6)
    assert difference(a, b) == Estimate(2.0, 2 - (9 + 9) ** 0.5, 2 + (16 + 1) ** 0.5, 6)
    exact = Estimate(2.0, 2.0, 2.0, 8)
    assert quotient(a, exact) == Estimate(2.5, 1.0, 4.5, 8)


def test_the_figure_and_the_table_are_the_same_each_time():
    record = plain(summed(jitter=(-5.0, 3.0, 4.0, 1.0)))
    assert svg(make_figure, record) == svg(make_figure, record)
    assert b"<dc:date>" not in svg(make_figure, record)
    text = ladder_table(record)
    for rung in LADDER:
        assert rung.name in text
    assert "they agree" in text
    assert "steps_per_execution=32 wins back" in text


# Measuring


def quick_ladder(monkeypatch, called):
    """Let the ladder be climbed without training: a segment notes which rung it was."""
    names = {rung.name for pair in pairs() for rung in (pair.lower, pair.upper)}
    size = Sizes(300, 300, 50, dict.fromkeys(names, 1), LADDER[0].name, 0, {})
    monkeypatch.setattr(ladder, "sizes", lambda rungs, seconds: size)
    monkeypatch.setattr(
        PairStand,
        "open",
        lambda stand: {name: lambda name=name: called.append(name) or name for name in stand.arms},
    )
    monkeypatch.setattr(paired, "timed", lambda work: 1e-6 * SPEEDS[work()])
    right = {"criterion": "0 ULP", "steps": 3, "holds": True, "max_ulp": 0, "note": ""}
    proofs = [{"rung": r.name, "against": "fit", **right} for r in every_rung() if r is not PLAIN]
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
    stop = ladder.LadderPlan(time_budget=1.0).measurement(17).stop
    slow = [ladder.Block(n, "abba", [1.0] * 4, 1, 0.0, None, wall_seconds=9.0) for n in range(4)]
    assert stop.reason(slow[:3], lambda blocks: 1.0) == ""
    assert "time budget" in stop.reason(slow, lambda blocks: 1.0)


# The command line

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
    assert code in (0, 3)  # whether two blocks resolve the sum is up to the machine
    assert "ladder     mlp tf.data: " in out
    assert "ladder     mlp advice: " in out
    records = json.loads(Path("ladder.json").read_text())["records"]
    assert [records[0]["kind"], records[-1]["kind"]] == ["run", "end"]
    called.clear()
    again, out_again, _ = gvk(*options, "--resume")
    assert (again, out_again.splitlines()) == (code, out.splitlines())
    assert called == []
