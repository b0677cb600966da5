"""What is different on a GPU: each trait with its reason, what ``gvk`` does, and where.

Everything else asks here. Nothing of it needs a GPU to be read, and on a CPU each function does
nothing or says so. ``docs/gpu.md`` shows the table.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from bench.errors import UserError

NO_GPU = "none: not measured"
"""What an environment has for a GPU where there is none: compare with it, do not read it."""
NOT_MEASURED = "not measured: no GPU"
GROWTH, CACHE = "TF_FORCE_GPU_ALLOW_GROWTH", "CUDA_CACHE_MAXSIZE"
CACHE_BYTES = 4 << 30
"""The most that CUDA's cache of compiled kernels may be given."""


class Trait(NamedTuple):
    """A difference between a GPU and a CPU.

    Attributes:
        what: happens on a GPU.
        why: it would spoil a proof or a measurement.
        done: what is done about it.
        does: the functions that do it, ``module:name``.
    """

    what: str
    why: str
    done: str
    does: tuple[str, ...]


TRAITS: dict[str, Trait] = {
    "asynchronous": Trait(
        "An op is started, not done, when Python has its tensor.",
        "A clock that is read then has timed the start of the work.",
        "The device is waited for before the clock is read, at both ends of a slice, and at every "
        "call of `fit` whose beginning is noted.",
        (
            "bench.host.gpu:await_device",
            "bench.timing.runners:clocked",
            "bench.timing.held:HeldRunner.sync",
        ),
    ),
    "tf32": Trait(
        "Products and convolutions of `float32` take 10 bits of each fraction, not 23 (TF32): "
        "TensorFlow's default from Ampere on.",
        "Rounding is 8,000 times as coarse as what a noise floor of `float32` is measured for.",
        "Exact mode turns it off. Timing leaves it as it comes, on all arms, and the audit says "
        "which.",
        ("bench.host.gpu:whole_fractions", "bench.host.gpu:process_facts"),
    ),
    "xla": Trait(
        'Keras\'s `jit_compile="auto"` compiles by XLA wherever it can, and `predict_on_batch` of '
        "a model that was not compiled does, too.",
        "A program by hand that XLA does not compile would be timed against one that it does.",
        "Both sides name it, and the audit refuses arms that differ.",
        ("keras_impl.compiling:compile_model", "bench.timing.audit:audit"),
    ),
    "determinism": Trait(
        "Kernels add in the order in which threads arrive, and are chosen by trying them out.",
        "A program then differs from itself.",
        "Exact mode asks for deterministic kernels, in a process of its own: they are slower, and "
        "ops that have none are refused. That is said in a line that names the op.",
        ("bench.proof.exact_mode:set_exact", "bench.host.gpu:refusals_said"),
    ),
    "kernels": Trait(
        "cuBLAS and cuDNN choose kernels when they run; 0 ULP was shown on CPUs alone.",
        "Two graphs of one program may get two kernels.",
        "On a GPU a pair is held against the noise floor, measured there; how many ULP it is "
        "apart is stored all the same. So are predictions before they are timed.",
        ("bench.proof.causes:causes", "bench.timing.same_predictions:same_predictions"),
    ),
    "memory": Trait(
        "The first process that starts takes nearly the whole card.",
        "Proof and timing are two processes: the second would find nothing.",
        f"`{GROWTH}=true`, unless it is set, before TensorFlow starts: sessions heed it too. An "
        "arm that runs out of memory is named, and what was measured before is kept.",
        ("bench.host.gpu:before_start", "bench.host.memory:named_if_short"),
    ),
    "ptx": Trait(
        "Where the wheel has no kernels for a card but PTX alone (TensorFlow 2.21 for an H100), "
        "the driver compiles each at its first use: minutes.",
        "A block that holds it says nothing, and CUDA's cache may be too small to keep it.",
        f"`{CACHE}` is 4 GiB, unless it is set; every arm is warmed up, and on a GPU a whole block "
        "is walked and thrown away before the first that counts.",
        (
            "bench.host.gpu:before_start",
            "bench.host.gpu:compiles_at_first_use",
            "bench.timing.slices:Slices.warm_up",
        ),
    ),
}


def before_start() -> None:
    """Say to TensorFlow and CUDA what they are told before they start; the user's own word holds.

    Variables, so that every process that is started from here has them.
    """
    os.environ.setdefault(GROWTH, "true")
    os.environ.setdefault(CACHE, str(CACHE_BYTES))


def gpus() -> list[Any]:
    """Return the GPUs that TensorFlow sees, started or not."""
    import tensorflow as tf

    found: list[Any] = tf.config.list_physical_devices("GPU")
    return found


def details() -> list[dict[str, Any]]:
    """Return of each GPU its ``device_name``, and its ``compute_capability`` where it has one."""
    import tensorflow as tf

    look = tf.config.experimental.get_device_details
    return [{"device_name": gpu.name, **look(gpu)} for gpu in gpus()]


def in_use() -> bool:
    """Return whether TensorFlow computes on a GPU in this process; loads nothing."""
    tf = sys.modules.get("tensorflow")
    return tf is not None and bool(tf.config.list_logical_devices("GPU"))


def kind() -> str:
    """Return what TensorFlow computes on in this process."""
    return "GPU" if in_use() else "CPU"


def is_asynchronous() -> bool:
    """Return whether work may go on when Python has its result: on a GPU, or if asked for."""
    tf = sys.modules.get("tensorflow")
    return tf is not None and (in_use() or not tf.config.experimental.get_synchronous_execution())


def await_device() -> None:
    """Wait until every device is through with what it was given.

    Where processes have joined as workers TensorFlow would ask all of them and cannot; there they
    are on CPUs, which are through when a call comes back.
    """
    import tensorflow as tf

    try:
        tf.test.experimental.sync_devices()
    except tf.errors.InternalError as error:
        if "remote eager worker" not in str(error):
            raise


def whole_fractions() -> str:
    """Turn TF32 off in this process; return that in words, or nothing without a GPU."""
    import tensorflow as tf

    tf.config.experimental.enable_tensor_float_32_execution(False)
    return "TF32 off: float32 products keep all 23 bits of each fraction" if gpus() else ""


@contextmanager
def without_tf32() -> Iterator[None]:
    """Turn TF32 off for a while."""
    import tensorflow as tf

    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(before)


def process_facts() -> dict[str, str]:
    """Return what all arms of this process have in common on a GPU; nothing without one."""
    import tensorflow as tf

    if not gpus():
        return {}
    tf32 = tf.config.experimental.tensor_float_32_execution_enabled()
    grows = os.environ.get(GROWTH, "").lower() in ("1", "true")
    return {"tf32": "on" if tf32 else "off", "gpu_memory": "grows" if grows else "taken at once"}


def peak_mib() -> float | str:
    """Return the most memory that TensorFlow has had on the first GPU, in MiB."""
    import tensorflow as tf

    if not gpus():
        return NOT_MEASURED
    return float(tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20)


def compiles_at_first_use(gpu: Mapping[str, Any], build: Mapping[str, Any]) -> bool:
    """Return whether the wheel has no kernels for a GPU, so that the driver makes them from PTX.

    Args:
        gpu: its details.
        build: ``tf.sysconfig.get_build_info()``.
    """
    if "compute_capability" not in gpu:
        return False
    major, minor = gpu["compute_capability"]
    built = [name for name in build.get("cuda_compute_capabilities", ()) if name.startswith("sm_")]
    versions = [divmod(int(name.removeprefix("sm_")), 10) for name in built]
    # a kernel runs on its own generation, from its own version on
    return not any(m == major and n <= minor for m, n in versions)


@contextmanager
def refusals_said() -> Iterator[None]:
    """Raise what op determinism refuses as a ``UserError`` that says which op it is."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.UnimplementedError as error:
        line = str(error.message).splitlines()[0]
        raise UserError(
            f"exact mode: an op has no deterministic kernel on this device ({line}): prove the "
            "pair with --device cpu, or without that op"
        ) from error
