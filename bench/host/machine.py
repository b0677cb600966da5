"""What machine and which versions this is: plain facts, for records and for ``gvk check``."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.host import gpu

_GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn", "pandas", "pytest-benchmark")


def versions() -> dict[str, str]:
    """Return the installed version of each package that counts."""
    return {name: installed(name) or "not installed" for name in PACKAGES}


def installed(name: str) -> str | None:
    """Return the installed version of a distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def hardware() -> dict[str, Any]:
    """Return processor, cores, memory and load."""
    import cpuinfo
    import psutil

    return {
        "cpu": cpuinfo.get_cpu_info().get("brand_raw", platform.machine()),
        "cores": os.cpu_count(),
        "governor": governor() or "not known",
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "os": f"{platform.system()} {platform.release()}",
    }


def governor() -> str | None:
    """Return what decides on the clock of the first core, where the system says so."""
    try:
        return _GOVERNOR.read_text().strip()
    except OSError:
        return None


def devices() -> dict[str, str]:
    """Return what TensorFlow computes on here, and how."""
    import tensorflow as tf

    names = [each["device_name"] for each in gpu.details()]
    onednn = os.environ.get("TF_ENABLE_ONEDNN_OPTS", "not set: TensorFlow's default")
    return {
        "gpu": ", ".join(names) or gpu.NO_GPU,
        **gpu.process_facts(),
        "inter_op_threads": _threads(
            tf.config.threading.get_inter_op_parallelism_threads(), "INTER"
        ),
        "intra_op_threads": _threads(
            tf.config.threading.get_intra_op_parallelism_threads(), "INTRA"
        ),
        "onednn": onednn,
    }


def _threads(configured: int, kind: str) -> str:
    """Return the threads of a kind: as a program sets them, or a variable does, or TensorFlow."""
    return str(configured or os.environ.get(f"TF_NUM_{kind}OP_THREADS") or "auto")


def environment() -> dict[str, Any]:
    """Return everything that a figure of this run depends on, as one flat dict."""
    return {
        "python": platform.python_version(),
        **versions(),
        **hardware(),
        **devices(),
        "xla": "off on both sides",
        "git_commit": git_commit() or "not a git checkout",
    }


def git_commit() -> str | None:
    """Return the commit of the checkout that this package lies in, if it lies in one."""
    here = Path(__file__).parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
