"""Exact mode: what has to be set so that equal programs give equal bits."""

import keras
import tensorflow as tf

from bench.host import gpu
from bench.specs import ENGINES, Config


def settings(config: Config) -> dict[str, bool]:
    """Return what exact mode sets for a config; pairs with equal settings can share a process."""
    return {
        "determinism": not config.xla,
        "disable_meta_optimizer": not ENGINES[config.engine].traced,
        "arithmetic_optimization": not config.spec.batch_norm,
    }


def set_exact(config: Config) -> list[str]:
    """Put this process into exact mode for a config; return a line for each thing that was set.

    Op determinism cannot be taken back by any public call, and it slows down what is timed later.
    So a program that goes on to time something calls this in a process of its own
    (``bench.host.fresh_process``).
    """
    options = settings(config)
    keras.utils.set_random_seed(config.seed)
    if options.pop("determinism"):
        tf.config.experimental.enable_op_determinism()
    tf.config.optimizer.set_experimental_options(options)
    tf32 = [line] if (line := gpu.whole_fractions()) else []
    return [
        _NO_DETERMINISM if config.xla else "op determinism on: every op sums in a fixed order",
        f"seeds of Python, NumPy and TensorFlow set to {config.seed}",
        f"XLA {'on' if config.xla else 'off'} on both sides (jit_compile={config.xla})",
        _grappler(config),
        f"threads as TensorFlow sets them (inter-op {_threads(tf.config.threading, 'inter_op')}, "
        f"intra-op {_threads(tf.config.threading, 'intra_op')})",
        *tf32,
    ]


_NO_DETERMINISM = "op determinism not asked for: XLA refuses MaxPoolGrad under it, on a CPU too"


def _grappler(config: Config) -> str:
    if not ENGINES[config.engine].traced:
        return (
            "Grappler off: eager runs each op alone, while in a graph Grappler fuses MatMul with "
            "BiasAdd (remapping) and rewrites arithmetic, which differs by about 1e-7 (1 or 2 ULP "
            "of a weight)"
        )
    if config.spec.batch_norm:
        return (
            "Grappler on, its arithmetic rewriting off: with batch norm it multiplies the learning "
            "rate into one factor of gamma's gradient (MinimizeBroadcasts), and picks the factor "
            "by the names of the ops, so that the optimizer's slots would differ by some ULP"
        )
    return "Grappler on, as TensorFlow sets it"


def _threads(threading: object, kind: str) -> str:
    number = getattr(threading, f"get_{kind}_parallelism_threads")()
    return str(number) if number else "all cores"
