"""Graph and scalars of a training for TensorBoard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.errors import UserError
from bench.host.machine import installed
from bench.specs import Config


def require_tensorboard(folder: Path) -> None:
    """Check, before anything is trained, that the extra is there and the folder can be made."""
    if not installed("tensorboard"):
        raise UserError("--tensorboard needs the extra: pip install 'graph-vs-keras[tensorboard]'")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--tensorboard {folder}: {error.strerror}: name another folder") from error


def written(folder: Path, engine: Any, config: Config, epochs: Iterator[Any]) -> Iterator[Any]:
    """Write the graph, then each epoch's scalars as it passes through; yield the epochs."""
    import tensorflow as tf

    with tf.summary.create_file_writer(str(folder)).as_default():
        tf.summary.graph(graph_of(engine, config).as_graph_def())
        for epoch in epochs:
            scalars = {
                "training loss": epoch.loss,
                "validation accuracy": epoch.val_accuracy,
                "validation ROC AUC": epoch.val_roc_auc,
            }
            for name, value in scalars.items():
                if value is not None:
                    tf.summary.scalar(name, value, step=epoch.epoch)
            yield epoch


def graph_of(engine: Any, config: Config) -> Any:
    """Return the training graph of a raw engine, or the forward graph of a Keras model."""
    import tensorflow as tf

    from keras_impl.engines import Fit

    if not isinstance(engine, Fit):
        return engine.graph()
    spec = tf.TensorSpec((None, *config.spec.input_shape), config.dtype)
    forward = tf.function(lambda x: engine.model(x, training=True), input_signature=[spec])
    return forward.get_concrete_function().graph
