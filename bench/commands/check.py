"""``gvk check``: the workshop's installation check, grown up."""

from pathlib import Path

import click
from tabulate import tabulate

from bench.commands.user_files import new_file, write_json
from bench.data import datasets as data
from bench.host.gpu import NO_GPU
from bench.host.machine import devices, hardware, installed, versions
from bench.host.quiet_import import quiet_tensorflow

_WORKSHOP = {True: "works: a TensorFlow 1 graph ran in a session", False: "does not run"}


def run(json_path: Path | None) -> int:
    """Print what is here, and for what is not, what it would give."""
    new_file(json_path, "--json")
    facts = {**versions(), **hardware()}
    quiet_tensorflow()
    works = _smoke()
    facts |= {**devices(), "XLA": _xla(), "workshop": _WORKSHOP[works]}
    for name, place in data.located().items():
        facts[f"data set {name}"] = place or f"not found: `gvk data fetch {name}` would bring it"
    facts["tensorboard"] = installed("tensorboard") or (
        "not installed: `gvk train --tensorboard` needs pip install 'graph-vs-keras[tensorboard]'"
    )
    facts["distributed"] = installed("distributed") or (
        "not installed: `--scheduler` needs pip install 'graph-vs-keras[cluster]'"
    )
    if facts["gpu"] == NO_GPU:
        facts["gpu"] = "none found: a GPU and its drivers would add GPU rows; the CPU is measured"
    click.echo(tabulate(facts.items(), tablefmt="plain", disable_numparse=True))
    write_json(json_path, "check", {"facts": facts})
    return 0 if works else 1


def _xla() -> str:
    import tensorflow as tf

    try:
        tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1.0))
    except Exception as error:  # whatever a build without XLA raises
        return f"does not compile here ({type(error).__name__})"
    return "compiles"


def _smoke() -> bool:
    """Run what the workshop's check ran: a constant through a session of its own graph."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        said = session.run(tf.constant("Hello, TensorFlow!"))
    return bool(said)
