"""Workers that train together, all on this machine: what ``TF_CONFIG`` is for several of them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.host.device import HIDDEN
from bench.host.workers import VARIABLE

ROOT = Path(__file__).parents[2]


def addresses(n: int) -> list[str]:
    """Return so many addresses of this machine at which nobody listens."""
    sockets = [socket.socket() for _ in range(n)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    finally:
        for each in sockets:
            each.close()


def tf_config(worker: int, of: Sequence[str]) -> str:
    """Return what ``TF_CONFIG`` is for one of the workers at these addresses."""
    return json.dumps({"cluster": {"worker": of}, "task": {"type": "worker", "index": worker}})


def started(n: int, command: Sequence[str | Path], folder: Path) -> list[subprocess.Popen[str]]:
    """Start a command of Python in n processes with a cluster of theirs, the CPU alone in each.

    Args:
        n: workers.
        command: what Python is to run, ``-m`` and a module first.
        folder: where; everything that a process prints is in its ``stdout``.
    """
    of = addresses(n)
    common = {**os.environ, "PYTHONPATH": str(ROOT), **HIDDEN}
    return [
        subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=folder,
            env={**common, VARIABLE: tf_config(worker, of)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for worker in range(n)
    ]


def ended(process: subprocess.Popen[str], seconds: float) -> tuple[str, int]:
    """Return what a process printed and ended with; one that does not end in time is killed."""
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    return said, process.returncode
