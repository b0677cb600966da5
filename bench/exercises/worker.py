"""Grading in a process of its own, as a diagnosis has one: limits on time and memory."""

import os
import sys
from pathlib import Path
from typing import Any

from bench.diagnose.worker import answered_apart, serve
from bench.exercises.grade import Grade


def grade_apart(file: Path, timeout: float, memory_mb: float, output: Path | None = None) -> Grade:
    """Grade a submission in a process of its own.

    Args:
        file: what was handed in.
        timeout: seconds after which the process is ended.
        memory_mb: resident megabytes above which it is ended.
        output: where what the file prints is kept; None for nowhere.

    Raises:
        UserError: the process ends, or goes beyond a limit.
    """
    request = {"file": str(file)}
    answer = answered_apart("bench.exercises.worker", request, timeout, memory_mb, output)
    return Grade.from_dict(answer)


def _graded(request: dict[str, Any]) -> dict[str, Any]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from bench.exercises.grading import graded
    from bench.exercises.submission import submission

    file = Path(request["file"])
    sys.path.insert(0, str(file.resolve().parent))
    return graded(submission(file)).to_dict()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], _graded)
