"""The search for what is slow in a process of its own, with the limits of ``gvk diagnose``."""

import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.diagnose.worker import Request, answered_apart, serve
from bench.host.progress import Say
from bench.slow.finding import SpeedDiagnosis

SEARCH_SHARE = 0.6
"""Of the time limit: after that no new cause is tried, and what was found is told."""


def speed_apart(
    request: Request,
    timeout: float,
    memory_mb: float,
    output: Path | None = None,
    say: Say | None = None,
) -> SpeedDiagnosis:
    """Say why the loop of a pair is slow, in a process of its own.

    Args:
        request: the pair; its steps are not used.
        timeout: seconds after which the process is ended.
        memory_mb: resident megabytes above which it is ended.
        output: where what the programs print is kept; None for nowhere.
        say: told what the process is at.

    Raises:
        UserError: the programs fail, crash, or go beyond a limit.
    """
    asked = asdict(request) | {"seconds": SEARCH_SHARE * timeout}
    said = _Said(say)
    answer = answered_apart(
        "bench.slow.worker", asked, timeout, memory_mb, output, said.look if say else None
    )
    return SpeedDiagnosis.from_dict(answer)


class _Said:
    """Hands on what the process writes beside its answer, once."""

    def __init__(self, say: Say | None) -> None:
        self.say, self.last = say, ""

    def look(self, told: Path) -> None:
        """Say what is new."""
        file = told.with_suffix(".said")
        text = file.read_text() if file.exists() else ""
        if text and text != self.last and self.say:
            self.say(text)
        self.last = text


def _answered(request: dict[str, Any], said: Path) -> dict[str, Any]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from bench.diagnose.pair import pair_of_files

    names = (request["loop"], request["reference"], request["data"])
    pair_of_files(tuple(request["files"]), *names)  # what is wrong with it is said at once
    from bench.slow.api import Asked, diagnose_speed

    asked = Asked(
        tuple(request["files"]),
        *names,
        request["seconds"],
    )

    def say(text: str) -> None:
        part = said.with_suffix(".new")
        part.write_text(text)
        part.replace(said)

    with tempfile.TemporaryDirectory() as folder:
        return diagnose_speed(asked, Path(folder), say).to_dict()


if __name__ == "__main__":
    serve(
        sys.argv[1],
        sys.argv[2],
        lambda request: _answered(request, Path(sys.argv[2]).with_suffix(".said")),
    )
