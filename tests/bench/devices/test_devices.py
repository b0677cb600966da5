"""A GPU against the CPU, and the command that makes its chapter, the CPU in the GPU's place."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.commands import gpu as command
from bench.devices import walk, words
from bench.devices.walk import compare, keep
from bench.host import gpu
from bench.records.reading import read
from bench.specs import default_config
from tests.bench.host.test_gpu import an_h100  # noqa: F401 - a fixture

DATA = ("digits", 130)
STEPS = 3
LITTLE = ("perceptron", "--dataset", "digits", "--limit", 130, "--steps", 2, "--blocks", 2)


def compared(folder, model="mlp", **moved):
    config = default_config(model)
    device = keep(config, *DATA, STEPS, folder)
    for side, share in moved.items():
        move(walk._file(folder, side, 2), share)
    found = compare(config, *DATA, STEPS, folder)
    holds = all(side["holds"] for side in found["sides"])
    return {"model": model, "holds": holds, "rehearsal": True, **device, **found}


@pytest.mark.full
def test_the_same_device_is_no_bit_from_itself(tmp_path):
    record = compared(tmp_path)
    assert [side["side"] for side in record["sides"]] == ["raw", "keras"]
    assert all(side["max_ulp"] == 0 and side["holds"] for side in record["sides"])
    assert record["steps"] == STEPS
    assert not list(tmp_path.iterdir())  # a step is gone once it is compared
    assert ": OK, within 8 times the noise floor over 3 steps: raw" in words.device_line(record)


def move(path, share):
    """Move a tensor of a step by a share of its largest value."""
    state = walk._load(path)
    values = next(iter(state.values()))["dense_1/kernel"]
    values[0, 0] += share * np.abs(values).max()
    walk._save(path, state)


def test_another_order_of_sums_is_within_the_floor_and_ten_bits_are_not(tmp_path):
    rounding, tf32 = 2.0**-22, 2.0**-11
    record = compared(tmp_path, raw=rounding, keras=tf32)
    raw, keras = record["sides"]
    assert raw["max_ulp"] > 0
    assert (raw["holds"], keras["holds"]) == (True, False)
    assert keras["parted"] == "weights after step dense_1/kernel, step 2"
    assert "DIFF" in words.device_line(record)
    assert "parted at weights after step dense_1/kernel, step 2" in words.device_line(record)
    assert "no: weights after step dense" in words.section({"mlp": [record]})


@pytest.mark.full
@pytest.mark.usefixtures("hasty", "one_process")
def test_a_rehearsal_goes_from_what_is_there_to_the_chapter_and_can_be_taken_up(gvk, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")  # and back, for the tests that come after
    code, out, err = gvk("gpu", *LITTLE, "--rehearse", "--json", "gpu.json")
    assert code in (0, 1, 3), err
    assert "devices    perceptron on oneDNN and on the CPU: OK" in out
    folder = Path("reports/digits-rehearsal")
    text = (folder / "report.md").read_text()
    assert words.TITLE in text
    assert words.REHEARSED in text
    records = read(folder)
    kinds = {record["kind"] for record in records}
    assert {"devices", "parity", "accuracy", "throughput", "end"} <= kinds
    assert {r["verb"] for r in records if r["kind"] == "run"} == {"gpu", "bench"}
    assert json.loads(Path("gpu.json").read_text())["records"] == records
    assert gvk("verify", "digits-rehearsal")[0] == 0

    assert gvk("gpu", *LITTLE, "--rehearse", "--resume")[0] == code
    assert read(folder) == records  # nothing is done twice


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setattr("bench.host.device.gpus", lambda: [])


def test_without_a_gpu_it_ends_in_a_line(gvk, no_gpu):
    code, out, _ = gvk("gpu", *LITTLE)
    assert (code, len(out.splitlines())) == (3, 1)
    assert gpu.NOT_MEASURED in out
    assert not Path("reports").exists()
    code, _, err = gvk("gpu", *LITTLE, "--require-gpu")
    assert (code, "no GPU found" in err) == (2, True)


def test_the_cpu_is_no_gpu(gvk, no_gpu):
    code, _, err = gvk("gpu", *LITTLE, "--device", "cpu")
    assert (code, "--rehearse" in err) == (2, True)


def test_what_is_there_is_said_first(an_h100, monkeypatch):  # noqa: F811 - that fixture
    monkeypatch.setattr("tensorflow.sysconfig.get_build_info", lambda: {})
    first, minutes = command.facts()
    assert first == "gpu        NVIDIA H100, compute capability 9.0; tf32 on; gpu_memory grows"
    assert "PTX" in minutes
