"""``--engine auto`` on the command line: choose, and start anew where the process has dials."""

import json
import os
import sys
from typing import Any

import click

from bench.dials.dials import XLA
from bench.errors import UserError
from bench.host.lock import sole_measurement
from bench.specs import Config

AUTO = "auto"
VARIABLE = "GVK_AUTO"
"""Tells a process that was started anew what was chosen."""


def chosen(
    config: Config, impl: str, given: dict[str, Any], same_bits: bool, xla: bool = True
) -> tuple[str, bool]:
    """Return the engine, and whether XLA compiles it; in a process that has the dials.

    What a process has to be told before TensorFlow starts makes it start anew, with the same
    command and in the same place, so that signals and exit code are its own.

    Args:
        config: the model and its dials.
        impl: whose engine.
        given: options, ``dataset`` and ``limit`` among them.
        same_bits: whether the dials have to keep the bits, or are to stay within the noise floor.
        xla: whether XLA may be among the dials.

    Raises:
        UserError: XLA is asked for too, which is what is to be found out.
    """
    from bench.dials.auto import Choice, choose
    from bench.dials.stand import Job

    if given.get("xla"):
        raise UserError("--xla with --engine auto: leave it out, or name the engine")
    choice = Choice.from_dict(_told())
    if choice is None:
        job = Job(config, given["dataset"], given["limit"])
        click.echo("--engine auto: tunes for a minute or two where nothing is remembered", err=True)
        with sole_measurement():
            choice = choose(job, impl, "same_bits" if same_bits else "within_noise", xla)
        click.echo(choice.line)
        if choice.setting.environment:
            _start_anew({**choice.setting.environment, VARIABLE: json.dumps(choice.to_dict())})
    return choice.engine, any(dial["kind"] == XLA for dial in choice.dials)


def _told() -> Any:
    """Return what the process before this one chose, once."""
    try:
        return json.loads(os.environ.pop(VARIABLE, "null"))
    except ValueError:
        return None


def _start_anew(variables: dict[str, str]) -> None:
    """Become the same command with some variables set."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-m", "bench", *sys.argv[1:]]
    os.execve(sys.executable, command, {**os.environ, **variables})
