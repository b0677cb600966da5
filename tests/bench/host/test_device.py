"""A device that is not there is refused, and none stands in for it."""

import os

import pytest

from bench.errors import UserError
from bench.host.device import choose, report_name


@pytest.fixture(autouse=True)
def visible(monkeypatch):
    """Put the variable back as it was."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr("bench.host.device.gpus", lambda: [])


def test_the_cpu_hides_every_gpu():
    choose("cpu")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"


def test_one_gpu_of_several_is_the_only_one_seen(monkeypatch):
    monkeypatch.setattr("bench.host.device.gpus", lambda: ["GPU"])
    choose("gpu:1", require_gpu=True)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
    assert report_name("mnist", "gpu:1") == "mnist-gpu"


@pytest.mark.parametrize(("seen", "first"), [("2,3", "2"), ("", ""), (None, "0")])
def test_without_a_number_it_is_the_first_that_may_be_seen(monkeypatch, seen, first):
    monkeypatch.setattr("bench.host.device.gpus", lambda: ["GPU"])
    if seen is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    choose("gpu")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == first


def test_who_computes_on_several_sees_all_that_may_be_seen(monkeypatch):
    monkeypatch.setattr("bench.host.device.gpus", lambda: ["GPU", "GPU"])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")
    choose("gpu", several=True)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "2,3"


@pytest.mark.parametrize(("device", "require"), [("gpu", False), ("gpu:2", False), ("auto", True)])
def test_a_gpu_that_is_not_there_is_refused(no_gpu, device, require):
    with pytest.raises(UserError, match="no GPU found"):
        choose(device, require)


def test_auto_takes_what_is_there(no_gpu):
    choose("auto")
    assert report_name("mnist", "auto") == "mnist"


@pytest.mark.parametrize("device", ["GPU", "tpu", "gpu:", "gpu:x", "/gpu:0"])
def test_other_names_are_refused(device):
    with pytest.raises(UserError, match=r"--device .*give auto, cpu, gpu"):
        choose(device)


def test_the_command_line_says_so_with_code_2(gvk, no_gpu):
    options = ("perceptron", "--dataset", "digits", "--require-gpu")
    code, out, err = gvk("bench", *options)
    assert (code, out) == (2, "")
    assert "no GPU found" in err
    assert gvk("bench", *options, "--device", "cpu")[0] == 2
