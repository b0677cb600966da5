"""What was found to be fastest, kept for this machine, these versions and this model.

In the user's cache folder, a file each. It is a memory and no more: where it cannot be read or
written, or holds nonsense, everything is as if nothing had been remembered.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.dials.dials import INTER, INTRA, ONEDNN, PRELOAD
from bench.host.cache import cache_folder
from bench.host.machine import hardware, versions
from bench.own_models import VARIABLE
from bench.records.seals import digest

SCHEMA = 1
OF_PROCESS = (INTER, INTRA, ONEDNN, PRELOAD, VARIABLE, "CUDA_VISIBLE_DEVICES")
"""Variables under which something else may be fastest."""


def key_of(asked: dict[str, Any]) -> str:
    """Return what a choice is remembered by: what was asked, the machine, and the versions."""
    machine = {name: hardware()[name] for name in ("cpu", "cores", "os")}
    process = {name: os.environ.get(name) for name in OF_PROCESS}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return digest([SCHEMA, asked, machine, cores, process, versions()])


def recall(key: str) -> dict[str, Any] | None:
    """Return what is remembered under a key, if it can be read."""
    path = _path(key)
    if path is None:
        return None
    with suppress(OSError, ValueError):
        stored = json.loads(path.read_bytes())
        if isinstance(stored, dict) and stored.get("key") == key:
            return stored
    return None


def remember(key: str, choice: dict[str, Any]) -> bool:
    """Keep a choice under a key; return whether that could be done."""
    path = _path(key)
    if path is None:
        return False
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(choice | {"key": key}))
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        return False
    return True


def _path(key: str) -> Path | None:
    folder = cache_folder()
    return folder and folder / f"tuned-{key[:32]}.json"
