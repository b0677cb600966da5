"""How dials are searched, with workers in which it is known what each is worth."""

import json
import shutil
from pathlib import Path

import pytest

from bench.dials import summary as summaries
from bench.dials.measure import TunePlan, tune
from bench.dials.stand import Job
from bench.dials.table import tune_text
from bench.dials.words import to_write
from bench.records import frame
from bench.records.reading import plain, read
from bench.records.writing import Store
from bench.report.verify import verify
from bench.specs import default_config
from tests.bench.dials.conftest import stand_in
from tests.haste import hasten

pytestmark = pytest.mark.usefixtures("stood_in", "hasty")
BLOCKS = ("tune", "mlp", "--dataset", "digits", "--blocks", 2, "--reports", "reports")


def tuned(folder, engines=("step", "epoch", "fit"), resume=False):
    store, said = Store(folder), []
    store.start(resume, verb="tune")
    plan = TunePlan(dataset="digits", blocks=2, engines=engines)
    record = tune(store, Job(default_config("mlp"), "digits"), plan, said.append)
    store.finish()
    return record, said


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return the folder of a search, and its summary."""
    folder = tmp_path_factory.mktemp("tuned") / "r"
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, folder.parent)
        hasten(patch)
        return folder, tuned(folder)[0]


@pytest.fixture
def record(kept):
    return kept[1]


def effect(record, setting, engine):
    (found,) = [e for e in record["effects"] if (e["setting"], e["engine"]) == (setting, engine)]
    return found


def test_each_dial_is_worth_what_it_is(record):
    for setting, worth, word in (
        ("inter-op threads 1", 2.0, "faster"),
        ("intra-op threads 1", 0.5, "slower"),
        ("oneDNN on", 1.25, "faster"),
    ):
        for engine in ("step", "epoch", "fit"):
            found = effect(record, setting, engine)
            assert found["ratio"] == pytest.approx(worth)
            assert found["word"] == word
    bits = {e["setting"]: (e["same_bits"], e["within_noise"]) for e in record["effects"]}
    assert bits["inter-op threads 1"] == (True, True)
    assert bits["oneDNN on"] == (False, True)
    assert bits["XLA"] == (False, False)
    assert summaries.known(record)


def test_what_helped_is_tried_together_and_kept_where_it_is_best(record):
    both = "inter-op threads 1 + oneDNN on"
    assert effect(record, both, "epoch")["ratio"] == pytest.approx(2.5)
    assert effect(record, both, "epoch")["role"] == "combination"
    best = record["best"]
    assert best["same_bits"]["epoch"]["setting"] == "inter-op threads 1"
    assert best["within_noise"]["epoch"]["setting"] == both
    assert best["same_bits"]["raw"]["engine"] == "epoch"
    against = best["within_noise"]["raw"]["against_reference"]["ratio"]
    assert against == pytest.approx(0.008 / (0.002 / 2.5))
    assert to_write(record) == [
        "export TF_NUM_INTEROP_THREADS=1",
        "tf.config.threading.set_inter_op_parallelism_threads(1)",
        "export TF_ENABLE_ONEDNN_OPTS=1",
        'os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # before TensorFlow is imported',
    ]


def test_an_engine_that_crashes_in_a_setting_is_left_out_of_it_alone(record):
    (crashed,) = record["left_out"]
    assert (crashed["setting"], crashed["engine"]) == ("XLA", "epoch")
    assert "ended by signal 9" in crashed["why"]
    assert effect(record, "XLA", "step")["ratio"] == pytest.approx(4.0)


def test_a_setting_is_known_no_better_than_two_processes_alike():
    stand = {"arms": [], "pair": "x", "role": "dial", "dials": [], "margin": 0.02,
             "reference_engine": "step", "proofs": {"step": {}}}  # fmt: skip
    stand["arms"] = [{"arm": f"step {on}", "engine": "step", "turned": on} for on in (False, True)]
    order = ["step False", "step True", "step True", "step False"]
    steps = [10] * 4
    blocks = [{"order": order, "steps": steps, "seconds": [1.1, 1.0, 1.0, 1.1]}] * 4
    known, alike = (list(summaries.effects_of(stand, blocks, {"step": e})) for e in (0.0, 0.2))
    assert [known[0]["word"], alike[0]["word"]] == ["faster", "inconclusive"]
    assert known[0]["ratio"] == alike[0]["ratio"] == pytest.approx(1.1)


def test_the_records_give_the_summary_again(kept, record):
    records = read(kept[0])
    stands = [each for each in records if each["kind"] == "stand"]
    blocks = {s["pair"]: [b for b in records if b["kind"] == "block" and b["pair"] == s["pair"]]
              for s in stands}  # fmt: skip
    again = plain(summaries.summary(stands, blocks))
    assert {key: record[key] for key in again} == again


def test_a_block_is_a_row_of_the_frame_beside_the_same_as_it_comes(kept):
    rows = frame(kept[0]).query("engine == 'epoch' and arm == 'epoch, inter-op threads 1'")
    assert set(rows.reference) == {"epoch, as it comes"}
    assert list(rows.ratio) == pytest.approx([2.0, 2.0])
    assert list(rows.samples_per_second) == pytest.approx([128_000.0] * 2)


def test_a_killed_search_goes_on_where_it_was(tmp_path, kept, record):
    shutil.copytree(kept[0], tmp_path / "r")
    path = tmp_path / "r" / "records.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in lines]
    kept = [n for n, kind in enumerate(kinds) if kind == "block"][4]
    path.write_text("".join(lines[:kept]))
    again, _ = tuned(tmp_path / "r", resume=True)
    after = [line for line in path.read_text().splitlines(keepends=True) if "resume" not in line]
    assert after[:kept] == lines[:kept]
    assert [json.loads(line)["kind"] for line in after] == kinds
    assert again["best"].keys() == record["best"].keys()
    assert again["advice"] == record["advice"]


def test_the_page_has_a_row_a_setting_and_says_what_to_write(record):
    text = tune_text(record)
    assert "| inter-op threads 1 " in text
    assert "2.00 (2.00 to 2.00) =" in text
    assert "1.25 (1.25 to 1.25) ≈" in text
    assert "export TF_NUM_INTEROP_THREADS=1\n" in text
    assert "jemalloc is not at hand" in text
    assert "epoch with XLA not timed: " in text


def test_the_verb_stores_reports_is_verified_and_takes_up_what_it_has(gvk):
    code, out, err = gvk(*BLOCKS, "--engine", "step", "--engine", "fit", "--json", "tune.json")
    assert code == 0, out + err
    assert "tune       mlp step, inter-op threads 1: 2.00 (2.00 to 2.00) times as fast" in out
    assert "tune       mlp advice: same bits: `step`, inter-op threads 1, 4.00" in out
    records = json.loads(Path("tune.json").read_text())["records"]
    assert [records[0]["kind"], records[-1]["kind"]] == ["run", "end"]
    page = Path("reports/digits/model-mlp.md").read_text()
    assert "- **Dials:** same bits: `step`" in page
    assert "## The process's own dials" in page
    assert "**Dials:** same bits: `step`" in Path("reports/digits/report.md").read_text()
    found = verify(Path("reports/digits"))
    assert (found.summaries, found.faults) == (1, ())
    again, resumed, _ = gvk(*BLOCKS, "--engine", "step", "--engine", "fit", "--resume")
    assert again == code
    assert resumed.splitlines()[-2] == out.splitlines()[-2]
    path = Path("reports/digits/records.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    (place,) = [n for n, line in enumerate(lines) if json.loads(line)["kind"] == "tune"]
    record = json.loads(lines[place])
    record["effects"][0]["ratio"] = 3.0
    lines[place] = json.dumps(record) + "\n"
    path.write_text("".join(lines))
    problems = [fault.problem for fault in verify(path.parent).faults]
    assert any("ratio is 3.0, its blocks give 2.0" in problem for problem in problems)


BAD = {
    "unknown model": (("cnn",), "unknown model 'cnn'"),
    "engine without dials": (("mlp", "--engine", "eager"), "eager"),
    "limit of 0": (("mlp", "--dataset", "digits", "--limit", 0), "--limit"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2(gvk, case):
    arguments, words = BAD[case]
    code, out, err = gvk("tune", *arguments)
    assert code == 2, out + err
    assert words in err
    assert err.count("\n") == 1
