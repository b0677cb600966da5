"""Which device a run is on: said before TensorFlow starts, as it cannot be taken back after."""

import os
import re
from contextlib import suppress
from functools import partial

from bench.errors import UserError
from bench.host import gpu

AUTO, CPU, GPU = "auto", "cpu", "gpu"
VISIBLE = "CUDA_VISIBLE_DEVICES"
HIDDEN = {VISIBLE: "-1"}
"""What a process is told that is to see the CPU alone."""
_NAME = re.compile(rf"{AUTO}|{CPU}|{GPU}(:\d+)?")


class NoGpu(UserError):
    """A GPU was asked for, and there is none."""


def choose(device: str, require_gpu: bool = False) -> None:
    """Show TensorFlow, here and in every process that is started from here, one device alone.

    Args:
        device: ``cpu``, ``gpu`` (the first), ``gpu:1``, or ``auto``: the first GPU, else the CPU.
        require_gpu: whether to stop where there is no GPU.

    Raises:
        NoGpu: the device is not there. Nothing is measured on another one in its place.
    """
    if not _NAME.fullmatch(device):
        raise UserError(f"--device {device}: give auto, cpu, gpu, or gpu:N")
    kind, _, number = device.partition(":")
    if kind == CPU:
        if require_gpu:
            raise UserError("--require-gpu and --device cpu exclude each other: leave one out")
        os.environ.update(HIDDEN)
    else:  # all of them would be memory taken, and computed on by none
        os.environ[VISIBLE] = number or os.environ.get(VISIBLE, "0").split(",")[0]
    if (kind == GPU or require_gpu) and not gpus():
        raise NoGpu(
            f"no GPU found for --device {device}: `gvk check` says what is here, --device cpu "
            "measures the CPU"
        )


def gpus() -> list[str]:
    """Return the GPUs that TensorFlow sees; imports it."""
    from bench.host.quiet_import import quiet_tensorflow

    quiet_tensorflow()
    return [device.name for device in gpu.gpus()]


def replica_devices(replicas: int) -> list[str]:
    """Return a device for each of so many replicas: GPUs where there are enough, else CPUs.

    Starts TensorFlow, the CPU cut into so many logical devices.

    Raises:
        UserError: TensorFlow runs in this process already, with fewer.
    """
    from bench.host.quiet_import import quiet_tensorflow

    quiet_tensorflow(partial(split_cpu, replicas))
    import tensorflow as tf

    for kind in ("GPU", "CPU"):
        names = [device.name for device in tf.config.list_logical_devices(kind)]
        if len(names) >= replicas:
            return names[:replicas]
    raise UserError(
        f"--replicas {replicas}: TensorFlow runs in this process with {len(names)} logical CPUs "
        "already: start it in a process of its own"
    )


def split_cpu(into: int) -> None:
    """Make so many logical devices of the CPU; nothing where TensorFlow runs already."""
    import tensorflow as tf

    logical = [tf.config.LogicalDeviceConfiguration()] * into
    with suppress(RuntimeError):
        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0], logical
        )


def report_name(dataset: str, device: str) -> str:
    """Return the name of a report where none is given; another device has one of its own."""
    on_gpu = device.startswith(GPU) or (device == AUTO and gpus())
    return f"{dataset}-gpu" if on_gpu else dataset
