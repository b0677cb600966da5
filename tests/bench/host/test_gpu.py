"""What is different on a GPU, with stand-ins for one: a device that is slow, a list of devices."""

import os
import re
import threading
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.host import gpu
from bench.host.machine import devices
from bench.proof.causes import ON_A_GPU, causes
from bench.proof.exact_mode import set_exact
from bench.specs import default_config
from bench.timing import held, runners
from bench.timing.audit import process_facts
from bench.timing.held import HeldRunner
from bench.timing.slices import Pace, Slice, Slices

PAGE = Path(__file__).parents[3] / "docs" / "gpu.md"
H100 = {"device_name": "NVIDIA H100", "compute_capability": (9, 0)}
WHEEL = {"cuda_compute_capabilities": ["sm_60", "sm_70", "sm_80", "sm_89", "compute_90"]}
LAUNCH, WORK, STEPS = 0.001, 0.1, 5


class Device:
    """Takes ``WORK`` for what Python starts in ``LAUNCH``, by a clock that moves with it alone."""

    def __init__(self):
        self.now = self.through = 0.0

    def launch(self, *_):
        self.now += LAUNCH
        self.through = max(self.through, self.now) + WORK

    def wait(self):
        self.now = max(self.now, self.through)

    def fit(self, epochs):
        for _ in range(epochs):
            for _ in range(STEPS):
                self.launch()
            self.wait()  # fit reads the loss of the epoch


@pytest.fixture
def device(monkeypatch):
    device = Device()
    clock = SimpleNamespace(perf_counter=lambda: device.now)
    for module in (runners, held):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(runners, "await_device", device.wait)
    monkeypatch.setattr(gpu, "await_device", device.wait)
    monkeypatch.setattr(gpu, "is_asynchronous", lambda: True)
    return device


def three(device):
    return lambda: [device.launch() for _ in range(3)]


def test_the_clock_is_read_when_the_device_is_through(device):
    assert runners.clocked(three(device)) == pytest.approx(3 * WORK + LAUNCH)


def test_without_the_wait_the_clock_times_the_start_of_the_work_and_looks_right(
    device, monkeypatch
):
    monkeypatch.setattr(runners, "await_device", lambda: None)
    assert runners.clocked(three(device)) == pytest.approx(3 * LAUNCH)


def test_steps_and_the_end_of_an_epoch_of_fit_are_each_paid_for_their_own_work(device):
    runner = HeldRunner(device, "launch", device.fit, STEPS)
    assert runner.take(2).seconds == pytest.approx(2 * (WORK + LAUNCH), rel=0.02)
    assert runner.ends(2) == pytest.approx([0, 0], abs=LAUNCH)
    runner.close()


def test_without_the_wait_the_end_of_an_epoch_pays_for_all_its_steps(device, monkeypatch):
    monkeypatch.setattr(gpu, "is_asynchronous", lambda: False)
    runner = HeldRunner(device, "launch", device.fit, STEPS)
    assert max(runner.ends(2)) > (STEPS - 1) * WORK
    runner.close()


def test_without_the_wait_a_step_of_fit_is_a_launch(device, monkeypatch):
    monkeypatch.setattr(gpu, "await_device", lambda: None)
    runner = HeldRunner(device, "launch", device.fit, STEPS)
    assert runner.take(2).seconds == pytest.approx(2 * LAUNCH)
    runner.close()


@pytest.fixture
def asynchronous():
    """Let TensorFlow start operations and not wait for them, on a CPU too."""
    tf.config.experimental.set_synchronous_execution(False)
    yield
    gpu.await_device()
    tf.config.experimental.set_synchronous_execution(True)


@pytest.mark.parametrize("waits", [True, False])
def test_an_asynchronous_device_of_tensorflow_itself_is_waited_for(
    asynchronous, monkeypatch, waits
):
    assert gpu.is_asynchronous()
    done, goes_on = [], threading.Event()

    def slow(x):
        goes_on.wait(20)
        done.append(x)
        return x

    if waits:
        threading.Timer(0.05, goes_on.set).start()
    else:  # the fault, planted
        monkeypatch.setattr(runners, "await_device", lambda: None)
    runners.clocked(lambda: tf.py_function(slow, [1.0], tf.float32))
    assert bool(done) is waits
    goes_on.set()


@pytest.fixture
def an_h100(monkeypatch):
    """Let TensorFlow see a card that is not there, and no more than see it."""
    listed = SimpleNamespace(name="/physical_device:GPU:0", device_type="GPU")
    lists = {"list_physical_devices": listed, "list_logical_devices": listed}
    for name in lists:
        real = getattr(tf.config, name)
        monkeypatch.setattr(
            tf.config, name, lambda kind=None, r=real: [listed] if kind == "GPU" else r(kind)
        )
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda device: H100)
    monkeypatch.setenv(gpu.GROWTH, "true")
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(True)
    yield
    tf.config.experimental.enable_tensor_float_32_execution(before)


def test_a_record_and_an_audit_say_what_the_card_is_and_how_it_is_used(an_h100):
    said = {"tf32": "on", "gpu_memory": "grows"}
    assert said.items() <= devices().items()
    assert devices()["gpu"] == "NVIDIA H100"
    assert said.items() <= process_facts().items()
    assert process_facts()["device"] == "GPU"


def test_without_a_card_nothing_is_said_of_one():
    assert gpu.process_facts() == {}
    assert (devices()["gpu"], gpu.peak_mib()) == (gpu.NO_GPU, gpu.NOT_MEASURED)
    assert causes(default_config("mlp")) == []


def test_exact_mode_turns_tf32_off_and_says_so(an_h100):
    lines = set_exact(default_config("mlp"))
    assert any("TF32 off" in line for line in lines)
    assert process_facts()["tf32"] == "off"


def test_on_a_card_a_pair_is_held_against_the_noise_floor(an_h100):
    assert causes(default_config("mlp")) == [ON_A_GPU]


def test_what_is_told_before_the_start_is_the_users_where_he_said_something(monkeypatch):
    monkeypatch.delenv(gpu.GROWTH, raising=False)
    monkeypatch.setenv(gpu.CACHE, "7")
    gpu.before_start()
    assert (os.environ[gpu.GROWTH], os.environ[gpu.CACHE]) == ("true", "7")


@pytest.mark.parametrize(
    ("capability", "compiles"),
    [((9, 0), True), ((8, 9), False), ((8, 6), False), ((7, 5), False), ((12, 0), True)],
)
def test_which_cards_have_no_kernels_in_the_wheel(capability, compiles):
    assert gpu.compiles_at_first_use({"compute_capability": capability}, WHEEL) is compiles
    assert not gpu.compiles_at_first_use({"device_name": "no card of NVIDIA's"}, WHEEL)


class Compiling:
    """An arm of which the first call of each kernel takes minutes, its rarer ones come late."""

    def __init__(self):
        self.calls = 0

    def take(self, steps):
        self.calls += 1
        return Slice(60.0 if self.calls in (1, 2, 4) else 0.01 * steps, steps)

    def ends(self, epochs):
        self.calls += 1
        return [0.0] * epochs

    def close(self):
        pass


@pytest.mark.parametrize("on_gpu", [True, False])
def test_no_block_holds_a_kernel_that_is_compiled_at_its_first_use(monkeypatch, on_gpu):
    monkeypatch.setattr(gpu, "in_use", lambda: on_gpu)
    slices = Slices({"a": Compiling()}, Pace({"a": 0.01}, 2, 0, ends={"a": 1}))
    slices.warm_up()
    assert (max(slices.time(0, ["a", "a"]).seconds) < 1) is on_gpu  # without: it is in the block


def test_an_operation_that_has_no_deterministic_kernel_is_one_line():
    said = r"no deterministic kernel .*\(SomeGrad\).*--device cpu"
    with pytest.raises(UserError, match=said), gpu.refusals_said():
        raise tf.errors.UnimplementedError(None, None, "SomeGrad\nand a graph of it")


@pytest.mark.parametrize("name", gpu.TRAITS)
def test_every_trait_is_on_the_page_and_has_what_does_it(name):
    trait, page = gpu.TRAITS[name], " ".join(PAGE.read_text().split())
    for place in trait.does:
        module, _, path = place.partition(":")
        found = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        assert callable(found), place
    assert trait.does
    for said in (trait.what, trait.why, trait.done):
        assert said in page


def test_nobody_else_asks_tensorflow_for_a_gpu():
    """What differs on one is in one place; replicas alone ask for devices of any kind."""
    root = Path(runners.__file__).parents[2]
    asks = re.compile(
        r"sync_devices|_devices\(\"GPU\"|tensor_float_32|get_memory_info|ALLOW_GROWTH|CUDA_CACHE"
    )
    sources = [
        p for folder in ("bench", "keras_impl", "rawtf") for p in (root / folder).rglob("*.py")
    ]
    asking = [path.name for path in sources if asks.search(path.read_text())]
    assert asking == ["gpu.py"]


def test_a_clock_is_read_where_the_wait_is():
    """Nothing else in the packages that time reads a clock; ``clocked`` and a held loop wait."""
    root = Path(runners.__file__).parents[1]
    readers = {
        path.relative_to(root).as_posix()
        for folder in ("timing", "ladder", "law", "growth", "floor", "dials")
        for path in (root / folder).rglob("*.py")
        if "perf_counter" in path.read_text()
    }
    assert readers == {
        "timing/runners.py", "timing/held.py",
        "timing/apart.py", "timing/blocks.py",  # idleness, the budget; works that wait themselves
    }  # fmt: skip
