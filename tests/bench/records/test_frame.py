"""The blocks of a report as a table: the same figures as the report, from the same records."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.errors import UserError
from bench.records import frame
from bench.records.frames import COLUMNS
from bench.records.reading import latest, read
from bench.records.writing import Store
from tests.bench.measured import ARMS, RUN, store_run

REPORTS = Path(__file__).parents[3] / "reports"


@pytest.fixture(scope="module")
def mnist():
    return frame(REPORTS / "mnist")


def test_it_has_a_row_for_each_block_and_arm(tmp_path):
    store_run(tmp_path)
    found = frame(tmp_path)
    assert {name: str(kind) for name, kind in found.dtypes.items()} == {
        **{name: str(pd.Series([""], dtype=kind).dtype) if kind == "str" else kind
           for name, kind in COLUMNS.items()},
    }  # fmt: skip
    rows = found[found.task == "training"]
    assert len(rows) == 8 * len(ARMS)
    first = rows[(rows.block == 0) & (rows.arm == "raw step")].iloc[0]
    assert (first.model, first.impl, first.engine, first.reference) == (
        "mlp", "raw", "step", "keras fit",
    )  # fmt: skip
    # a segment of 2 epochs of 100 samples took 1 s, give or take the hair of noise
    assert first.seconds == pytest.approx(0.5, rel=0.01)
    assert first.samples_per_second == pytest.approx(100 / first.seconds)
    assert first.ratio == pytest.approx(2, rel=0.01)
    assert (first.verdict, first.latest) == ("faster", True)


def test_a_copy_is_held_against_what_it_copies(tmp_path):
    store_run(tmp_path)
    found = frame(tmp_path).query("task == 'training' and arm == 'raw step again'")
    assert set(found.reference) == {"raw step"}
    assert found.ratio.tolist() == pytest.approx([1] * 8, rel=0.01)
    assert set(found.verdict) == {""}


def test_the_mean_of_the_log_ratios_is_the_ratio_that_the_report_gives(mnist):
    rows = mnist.query("latest and task == 'training'")
    for model, records in latest(read(REPORTS / "mnist")).items():
        for ratio in records.throughput["ratios"]:
            own = rows[(rows.model == model) & (rows.arm == ratio["arm"])]
            assert np.exp(np.log(own.ratio).mean()) == pytest.approx(ratio["ratio"], rel=1e-9)
            assert set(own.verdict) == {ratio["verdict"]}


def test_every_block_of_every_verb_is_there(mnist):
    records = [*read(REPORTS / "mnist"), *read(REPORTS / "calibration")]
    blocks = [r for r in records if r["kind"] == "block"]
    blocks += [block for r in records if r["kind"] == "trial" for block in r["blocks"]]
    rows = pd.concat([mnist, frame(REPORTS / "calibration")])
    new = rows[~rows.run.isin({r["run"] for r in records if r["schema"] == 1})]
    assert len(new) == sum(len(set(block["order"])) for block in blocks)
    sliced = {r["run"] for r in records if r["kind"] == "stand" and r.get("method") == "slices"}
    whole = [r for r in records if r["kind"] == "block" and r["run"] not in sliced]
    per_segment = sum(s for block in whole for s in block["seconds"]) / 2
    new = new[new.run.isin({block["run"] for block in whole})]
    epochs = {
        (r["run"], r["model"], r["task"], r.get("pair", r.get("point", "")), arm["arm"]):
            arm.get("epochs", 1)
        for r in records if r["kind"] == "stand" for arm in r["arms"]
    }  # fmt: skip
    keys = zip(new.run, new.model, new.task, new.place, new.arm, strict=True)
    again = sum(s * epochs.get(key, 1) for s, key in zip(new.seconds, keys, strict=True))
    assert again == pytest.approx(per_segment)


@pytest.mark.parametrize(("task", "arm", "reference"), [
    ("ladder", "callbacks", "train_step"),
    ("law", "raw step", "keras fit"),
    ("law", "raw step, one step", "keras fit, one step"),
    ("latency", "raw step", "keras tf.function"),
    ("scaling", "2 workers, batch 128", "1 replica, batch 128"),
])  # fmt: skip
def test_what_an_arm_is_held_against(mnist, task, arm, reference):
    rows = mnist[(mnist.task == task) & (mnist.arm == arm) & (mnist.reference == reference)]
    assert len(rows)
    beside = mnist[(mnist.task == task) & (mnist.arm == reference)]
    both = rows.merge(beside, on=["run", "model", "task", "place", "block"])
    faster = both.samples_per_second_x / both.samples_per_second_y
    assert both.ratio_x.tolist() == pytest.approx(faster.tolist())


def test_a_law_counts_the_samples_of_its_steps(mnist):
    rows = mnist[(mnist.task == "law") & (mnist.place == "batch 64")]
    assert (rows.samples == 64 * rows.steps).all()


def test_a_matrix_product_has_no_samples_and_no_ratio(mnist):
    rows = mnist[mnist.arm == "matrix product"]
    assert len(rows)
    assert rows[["samples", "samples_per_second", "ratio"]].isna().all(axis=None)


def test_a_later_run_is_the_latest_once_it_is_finished(tmp_path):
    first = store_run(tmp_path).run
    store = Store(tmp_path)
    store.start(**RUN)
    assert set(frame(tmp_path).query("latest").run) == {first}
    second = store_run(tmp_path).run
    assert set(frame(tmp_path).query("latest").run) == {second}
    assert set(frame(tmp_path).run) == {first, second}


def test_the_calibration_is_a_table_too():
    rows = frame(REPORTS / "calibration").query("task == 'calibration planted'")
    assert rows.latest.all()
    assert set(rows.arm) == {"a", "b", "a again", "b again"}
    planted = np.exp(np.log(rows[rows.arm == "b"].ratio).mean())
    assert planted == pytest.approx(1 / 1.05, rel=0.02)


def test_where_nothing_was_timed_it_is_empty(tmp_path):
    store = Store(tmp_path)
    store.start(**RUN)
    found = frame(str(tmp_path))
    assert (len(found), list(found)) == (0, list(COLUMNS))


def test_without_records_it_says_what_to_run(tmp_path):
    with pytest.raises(UserError, match="run `gvk bench` first"):
        frame(tmp_path)


def test_it_does_without_tensorflow():
    code = (
        "import sys; from bench.records import frame\n"
        "assert 'pandas' not in sys.modules\n"
        f"frame({str(REPORTS / 'calibration')!r})\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPORTS.parent, check=True)


def test_the_command_line_writes_it_as_csv(gvk, tmp_path):
    store_run(tmp_path / "reports" / "mlp")
    code, out, _ = gvk("report", "mlp", "--csv", "blocks.csv")
    assert (code, "blocks.csv" in out) == (0, True)
    read_back = pd.read_csv("blocks.csv", dtype=COLUMNS, keep_default_na=False, na_values=[])
    there = frame(tmp_path / "reports" / "mlp")
    pd.testing.assert_frame_equal(read_back.astype(COLUMNS), there, check_exact=True)


BAD = {
    "a file that is there": (("mlp", "--csv", "there.csv"), "--csv there.csv is there already"),
    "a folder that is not": (("mlp", "--csv", "no/x.csv"), "--csv no/x.csv: No such file"),
    "one file for two": (("mlp", "--csv", "x.csv", "--json", "x.csv"), "--csv and --json"),
    "no name": (("--csv", "x.csv"), "--csv: name the report"),
    "nothing timed": (("bare", "--csv", "x.csv"), "--csv: nothing was timed in bare"),
    "no such report": (("none", "--csv", "x.csv"), "run `gvk bench` first"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_before_anything_is_written(gvk, tmp_path, arguments, said):
    store_run(tmp_path / "reports" / "mlp")
    store = Store(tmp_path / "reports" / "bare")
    store.start(**RUN)
    Path("there.csv").write_text("mine")
    code, _, err = gvk("report", *arguments)
    assert (code, said in err) == (2, True), err
    assert Path("there.csv").read_text() == "mine"
    assert not Path("x.csv").exists()
    assert not list(tmp_path.glob("reports/*/report.md"))
