"""A job, and what becomes of it: plain values, so that they go over any wire and into any file."""

import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from bench import errors

Answer = dict[str, Any]
"""``{"result": ...}``; ``{"error": kind, "said": words}``; or ``{"killed": how}``."""
SAID = (errors.UserError, errors.NotVerified, errors.Diverged)
"""What a job may say to the user in a line; anything else is a fault of the program."""


class Job(NamedTuple):
    """A function by its name, ``package.module:function``, and what it is called with."""

    work: str
    arguments: dict[str, Any]

    def run(self) -> Any:
        """Return what the function returns: values that JSON has."""
        return function(self.work)(**self.arguments)


def function(name: str) -> Callable[..., Any]:
    """Return the function of a name.

    >>> function("bench.jobs.job:Job").__name__
    'Job'
    """
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), attribute)
    return found


def answered(job: Job) -> Answer:
    """Run a job; return its answer, whatever happens in it."""
    try:
        return {"result": job.run()}
    except SAID as error:
        return {"error": type(error).__name__, "said": str(error)}
    except Exception:
        return {"error": RuntimeError.__name__, "said": traceback.format_exc()}


def result_of(answer: Answer) -> Any:
    """Return the result in an answer.

    Raises:
        UserError, NotVerified, Diverged, RuntimeError: the job did.
    """
    if "error" in answer:
        raise getattr(errors, answer["error"], RuntimeError)(answer["said"])
    return answer["result"]
