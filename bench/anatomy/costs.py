"""What a side costs besides speed: the way to the first step, memory, graph, arithmetic, kernels.

Each side is looked at in an interpreter of its own, so that neither finds imported, traced or
cached what the other left.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench.errors import UserError
from bench.host.memory import how_it_ended
from bench.records.reading import Record
from bench.specs import DEFAULT_ENGINE, Config

SIDES = ("raw", "keras")
"""Those that are looked at: one call a step by hand, and the one that users call."""
LONGEST_SECONDS = 300


def costs_of(config: Config) -> list[Record]:
    """Return what both sides of a config cost, the hand-written one first."""
    return [costs(config, impl) for impl in SIDES]


def costs(config: Config, impl: str) -> Record:
    """Return what one side costs, in plain values.

    Args:
        config: the dials; each side is run in its engine of ``DEFAULT_ENGINE``, without XLA.
        impl: ``raw`` or ``keras``.

    Returns:
        ``seconds`` of import, build, trace, first step and second step; ``resident_mib``, the
        most memory up to each of them and up to 20 steps; ``gpu_mib``; ``operations`` of the
        graph by type, ``before`` and ``after`` Grappler; ``flops`` of a step; ``kernels`` of
        XLA's program by kind.

    Raises:
        UserError: the side does not run.
    """
    return {
        "model": config.model,
        "impl": impl,
        "engine": DEFAULT_ENGINE[impl],
        "config": config.to_dict(),
        **_measured(config, impl),
    }


def _measured(config: Config, impl: str) -> Record:
    command = [sys.executable, "-m", "bench.anatomy.first_step", impl, json.dumps(config.to_dict())]
    here = Path(__file__).parents[2]
    done = subprocess.run(
        command, cwd=here, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended {how_it_ended(done.returncode)}"])[-1]
        raise UserError(f"the costs of {config.model} {impl} cannot be measured: {last}")
    first_step: Record = json.loads(done.stdout.strip().splitlines()[-1])
    return first_step
