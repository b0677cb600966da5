"""The records: what is written can be read, and what cannot be trusted is not used."""

import itertools
import json
import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.errors import UserError
from bench.records.reading import SCHEMA, check_name, incomplete, latest, read, report_folder
from bench.records.writing import Store


def parity(model: str = "mlp", **changes: Any) -> dict[str, Any]:
    config = {"model": model, "engine": "step"}
    rungs = [{"rung": "loss", "tensor": "loss", "holds": True, "max_abs": 0.0, "max_ulp": 0}]
    record = {"model": model, "config": config, "holds": True, "criterion": "0 ULP"}
    return {**record, "steps": 46, "epochs": 1, "rungs": rungs, **changes}


def one_run(folder: Path, *models: str, end: bool = True, **run: Any) -> Store:
    store = Store(folder)
    store.start(**run)
    for model in models:
        store.append("parity", **parity(model))
    if end:
        store.finish()
    return store


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "new"
    store = one_run(folder, "mlp", command="gvk bench")
    run, first, end = read(folder)
    assert [r["kind"] for r in (run, first, end)] == ["run", "parity", "end"]
    assert {r["run"] for r in (run, first, end)} == {store.run}
    assert {r["schema"] for r in (run, first, end)} == {SCHEMA}
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", store.run)
    assert run["command"] == "gvk bench"
    assert run["started"].startswith("20")


def test_append_returns_what_stands_in_the_file(tmp_path: Path) -> None:
    store = one_run(tmp_path, end=False)
    assert store.append("parity", **parity()) == read(tmp_path)[-1]


def test_appending_needs_a_run(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="start"):
        Store(tmp_path).append("end")


def test_the_values_of_a_record_cannot_change_its_run(tmp_path: Path) -> None:
    store = one_run(tmp_path, end=False)
    assert store.append("note", run="other", schema=99)["run"] == store.run
    assert read(tmp_path)[-1]["schema"] == SCHEMA


def test_numpy_values_become_plain_ones(tmp_path: Path) -> None:
    store = one_run(tmp_path, end=False)
    values = {
        "a": np.float32(0.5),
        "b": np.int64(3),
        "c": np.bool_(True),
        "d": np.arange(2),
        "e": (np.float64(1.5),),
    }
    store.append("note", values=values)
    assert read(tmp_path)[-1]["values"] == {"a": 0.5, "b": 3, "c": True, "d": [0, 1], "e": [1.5]}


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")]
)
def test_what_is_not_finite_is_null(tmp_path: Path, value: float) -> None:
    store = one_run(tmp_path, end=False)
    store.append("note", value=value, nested=[{"value": value}])
    line = (tmp_path / "records.jsonl").read_text().splitlines()[-1]
    record = json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert record["value"] is None
    assert record["nested"] == [{"value": None}]


def test_without_a_file_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run `gvk bench` first"):
        read(tmp_path / "none")


def cut(folder: Path, n_bytes: int) -> None:
    path = folder / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-n_bytes])


@pytest.mark.parametrize("n_bytes", [2, 5, 40])
def test_a_last_line_cut_off_is_ignored(tmp_path: Path, n_bytes: int) -> None:
    one_run(tmp_path, "mlp")
    cut(tmp_path, n_bytes)
    records = read(tmp_path)
    assert [r["kind"] for r in records] == ["run", "parity"]
    assert latest(records) == {}


def test_a_last_line_that_lacks_its_end_only_counts(tmp_path: Path) -> None:
    one_run(tmp_path, "mlp")
    cut(tmp_path, 1)
    assert [r["kind"] for r in read(tmp_path)] == ["run", "parity", "end"]


@pytest.mark.parametrize("n_bytes", [1, 2, 40])
def test_a_new_run_goes_on_after_a_kill(tmp_path: Path, n_bytes: int) -> None:
    one_run(tmp_path, "perceptron")
    cut(tmp_path, n_bytes)
    second = one_run(tmp_path, "mlp")
    assert latest(read(tmp_path))["mlp"].run["run"] == second.run


@pytest.mark.parametrize("line", ["{", "[1]", "17", '"text"', "", "{}", "\xff", '{"schema": "1"}'])
def test_any_other_unreadable_line_is_refused_by_its_number(tmp_path: Path, line: str) -> None:
    one_run(tmp_path, "mlp")
    path = tmp_path / "records.jsonl"
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([whole[0], line.encode("latin-1") + b"\n", *whole[1:]]))
    with pytest.raises(UserError, match=r"records\.jsonl line 2 is no record"):
        read(tmp_path)
    with pytest.raises(UserError, match="line 2"):
        Store(tmp_path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({"schema": SCHEMA + 1, "kind": "run", "run": "x"}) + "\n")
    with pytest.raises(UserError, match=rf"line 1 has schema {SCHEMA + 1}.*upgrade"):
        read(tmp_path)


def test_a_record_that_lacks_something_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({"schema": 1, "kind": "parity", "run": "x", "model": "mlp"}) + "\n")
    with pytest.raises(UserError, match="line 1 lacks config, holds"):
        read(tmp_path)


def test_the_latest_complete_run_that_has_the_model_counts(tmp_path: Path) -> None:
    both = one_run(tmp_path, "perceptron", "mlp")
    newer = one_run(tmp_path, "mlp")
    killed = one_run(tmp_path, "perceptron", "mlp", end=False)
    records = read(tmp_path)
    found = latest(records)
    assert {model: r.run["run"] for model, r in found.items()} == {
        "perceptron": both.run,
        "mlp": newer.run,
    }
    assert [r["run"] for r in incomplete(records)] == [killed.run]


def test_a_run_without_an_end_counts_for_the_models_it_timed(tmp_path: Path) -> None:
    store = one_run(tmp_path, "perceptron", "mlp", end=False)
    timed = {"steps_per_segment": 1, "samples_per_segment": 1, "arms": [], "ratios": []}
    store.append("throughput", model="perceptron", **timed)
    records = read(tmp_path)
    assert list(latest(records)) == ["perceptron"]
    assert [r["run"] for r in incomplete(records)] == [store.run]


ACCURACY = {"model": "mlp", "config": {}, "steps": 1, "epochs": 1, "max_ulp": 0}
TIMED = {"model": "mlp", "steps_per_segment": 1, "samples_per_segment": 1, "arms": []}


def _timed_run(folder: Path, **plan: Any) -> None:
    store = one_run(folder, "mlp", end=False, plan=plan)
    store.append("accuracy", **ACCURACY, raw={"accuracy": 0.5}, keras={"accuracy": 0.5})
    store.append("throughput", **TIMED, ratios=[{"arm": "raw step", "ratio": 2.0}])
    store.finish()


def test_a_run_that_times_nothing_adds_its_accuracy_to_the_last_one_that_did(
    tmp_path: Path,
) -> None:
    _timed_run(tmp_path)
    store = one_run(tmp_path, "mlp", end=False, plan={"timing": False})
    store.append("accuracy", **ACCURACY, raw={"accuracy": 0.9}, keras={"accuracy": 0.9})
    store.finish()
    found = latest(read(tmp_path))["mlp"]
    assert [r["raw"]["accuracy"] for r in found.accuracy] == [0.9]
    assert (found.ratio("raw step") or {})["ratio"] == 2.0
    assert [run["run"] for run in found.also] == [store.run]
    assert len(found.parity) == 1


def test_a_later_proof_that_fails_withholds_the_earlier_ratio(tmp_path: Path) -> None:
    _timed_run(tmp_path)
    store = Store(tmp_path)
    store.start(plan={"timing": False})
    store.append("parity", **parity(holds=False))
    store.finish()
    found = latest(read(tmp_path))["mlp"]
    assert found.equal is False
    assert found.ratio("raw step") is None


def test_a_later_run_that_was_to_time_starts_anew_but_for_the_accuracy(tmp_path: Path) -> None:
    _timed_run(tmp_path)
    one_run(tmp_path, "mlp", plan={"timing": True})
    found = latest(read(tmp_path))["mlp"]
    assert found.throughput is None
    assert len(found.accuracy) == 1


def test_two_runs_at_once_are_kept_apart(tmp_path: Path) -> None:
    one, two = Store(tmp_path), Store(tmp_path)
    one.start()
    two.start()
    one.append("parity", **parity("mlp", steps=1))
    two.append("parity", **parity("mlp", steps=2))
    two.finish()
    assert [p["steps"] for p in latest(read(tmp_path))["mlp"].parity] == [2]
    one.finish()
    assert one.run != two.run


def test_a_model_is_equal_if_every_record_and_rung_holds(tmp_path: Path) -> None:
    broken = parity()["rungs"][0] | {"holds": False}
    cases = {"a": [parity("a")], "b": [parity("b"), parity("b", holds=False)]}
    cases |= {"c": [parity("c", rungs=[broken])]}
    store = Store(tmp_path)
    store.start()
    for record in itertools.chain(*cases.values()):
        store.append("parity", **record)
    store.append("accuracy", model="d", config={}, steps=1, epochs=1, max_ulp=0, raw={}, keras={})
    store.finish()
    found = latest(read(tmp_path))
    assert {m: r.equal for m, r in found.items()} == {"a": True, "b": False, "c": False, "d": None}


@pytest.mark.parametrize("name", ["mnist", "a.b-c_d", "2026-11-23", "x" * 100])
def test_good_names(tmp_path: Path, name: str) -> None:
    assert report_folder(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".git", "a/b", "a\\b", "/tmp", "a b", "é", "a\n", "x" * 101, "README.md"],
)
def test_a_name_cannot_leave_the_reports_folder(name: str) -> None:
    with pytest.raises(UserError, match="--name"):
        check_name(name)


def test_a_file_in_place_of_the_folder_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "mnist"):
        with pytest.raises(UserError, match=r"reports folder .*--reports"):
            Store(folder)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_place_of_the_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").mkdir()
    with pytest.raises(UserError, match="reports folder"):
        Store(tmp_path)


def test_a_store_alone_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    Store(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_full_disk_is_an_error_of_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = one_run(tmp_path, end=False)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left") as caught:
        store.finish()
    assert "\n" not in str(caught.value)
