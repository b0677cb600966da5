"""User code in a process of its own: limits on time and memory, output kept apart."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench.diagnose.answer import Diagnosis
from bench.errors import UserError
from bench.host.memory import how_it_ended

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Request:
    """What the process is asked to diagnose.

    Attributes:
        files: FILE, or A.py:make and B.py:make.
        loop, reference, data: names in the file.
    """

    files: tuple[str, ...]
    loop: str = "loop"
    reference: str = "reference"
    data: str = "DATA"
    steps: int = 5


def diagnose_apart(
    request: Request, timeout: float, memory_mb: float, output: Path | None = None
) -> Diagnosis:
    """Diagnose in a process of its own.

    Args:
        request: the pair.
        timeout: seconds after which the process is ended.
        memory_mb: resident megabytes above which it is ended.
        output: where what the programs print is kept; None for nowhere.

    Raises:
        UserError: the programs fail, crash, or go beyond a limit.
    """
    answer = answered_apart("bench.diagnose.worker", asdict(request), timeout, memory_mb, output)
    return Diagnosis.from_dict(answer)


def answered_apart(
    worker: str,
    request: dict[str, Any],
    timeout: float,
    memory_mb: float,
    output: Path | None = None,
    look: Callable[[Path], None] | None = None,
) -> dict[str, Any]:
    """Return what another module answers, run with a request in a process of its own.

    Args:
        worker: the module; it is handed two files, to read the request from and to answer in.
        look: called with the answer's path a few times a second, to see how far the process is.

    Raises:
        UserError: as ``diagnose_apart``.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "request.json", Path(folder) / "answer.json"
        asked.write_text(json.dumps(request))
        printed = output or Path(folder) / "printed.txt"
        with printed.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", worker, str(asked), str(told)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
            try:
                _wait(process, timeout, memory_mb, partial(look, told) if look else None)
            finally:
                _end(process)
        return _answer(told, process.returncode)


def _wait(
    process: subprocess.Popen[bytes],
    timeout: float,
    memory_mb: float,
    look: Callable[[], None] | None = None,
) -> None:
    deadline = time.monotonic() + timeout
    while process.poll() is None:
        if look:
            look()
        if time.monotonic() > deadline:
            raise UserError(
                f"the programs did not end within {timeout:g} seconds: raise --timeout, or look "
                "for an endless loop"
            )
        if _resident_mb(process.pid) > memory_mb:
            raise UserError(
                f"the programs took more than {memory_mb:g} MB: raise --memory, or diagnose a "
                "smaller model of the same kind"
            )
        time.sleep(POLL_SECONDS)


def _resident_mb(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        return sum(p.memory_info().rss for p in family) / 1e6
    except psutil.Error:
        return 0.0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answer(told: Path, code: int) -> dict[str, Any]:
    if not told.exists():
        raise UserError(
            f"the process of the programs ended {how_it_ended(code)}: see what they print with "
            "--output"
        )
    answer = json.loads(told.read_text())
    if "error" in answer:
        raise UserError(answer["error"])
    return dict(answer)


def main(asked: str, told: str) -> None:
    """Diagnose what a file asks for; write the answer, or the one line that is wrong."""
    serve(asked, told, _diagnosed)


def serve(asked: str, told: str, answered: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write a function's answer to the request in a file, or the one line that is wrong."""
    request = json.loads(Path(asked).read_text())
    try:
        answer = answered(request)
    except UserError as error:
        answer = {"error": str(error)}
    except BaseException as error:  # whatever user code raises, SystemExit too
        answer = {"error": f"the programs fail: {type(error).__name__}: {error}"[:400]}
    whole = Path(told + ".part")
    whole.write_text(json.dumps(answer))
    whole.replace(told)


def _diagnosed(request: dict[str, Any]) -> dict[str, Any]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from bench.diagnose.pair import pair_of_files

    pair = pair_of_files(
        tuple(request["files"]), request["loop"], request["reference"], request["data"]
    )
    from bench.diagnose.api import diagnose_pair

    diagnosis = diagnose_pair(pair, request["steps"])
    peak = psutil.Process().memory_info().rss / 1e6
    diagnosis.facts["megabytes at the end"] = round(peak)
    return diagnosis.to_dict()


if __name__ == "__main__":
    main(*sys.argv[1:])
