"""What an exercise's file does when it is run: its program learns scikit-learn's digits."""

from typing import Any

import numpy as np

EPOCHS = 5


def tryout(name: str, program: Any, epochs: int | None = None) -> None:
    """Train a program of an exercise and print an epoch a line; an open gap shows in the numbers.

    Args:
        name: of the exercise.
        program: has ``train_step(x, y)`` and ``predict(x)``, or is a compiled Keras model.
        epochs: of batches of 16; ``EPOCHS`` if not given.
    """
    from bench.exercises.references import digits
    from bench.exercises.registry import exercise

    x, y, x_test, y_test = digits(exercise(name))
    for epoch in range(1, (epochs or EPOCHS) + 1):
        loss = _epoch(program, x, y)
        p = np.asarray(_predicted(program, x_test))
        print(f"epoch {epoch}: loss {loss:.4f}, test accuracy {_right(p, y_test):.3f}", flush=True)


def _epoch(program: Any, x: np.ndarray, y: np.ndarray) -> float:
    """Train for an epoch by the program's own fit, or batch after batch."""
    import keras

    from bench.exercises.references import BATCH_SIZE

    if isinstance(program, keras.Model):
        history = program.fit(x, y, batch_size=BATCH_SIZE, verbose=0)
        return float(history.history["loss"][-1])
    if hasattr(program, "fit"):
        return float(program.fit(x, y, epochs=1, batch_size=BATCH_SIZE))
    import tensorflow as tf

    step = tf.function(program.train_step, reduce_retracing=True)
    order = np.random.default_rng(0).permutation(len(x))
    for begin in range(0, len(x), BATCH_SIZE):
        batch = order[begin : begin + BATCH_SIZE]
        loss = step(tf.constant(x[batch]), tf.constant(y[batch]))
    return float(loss)


def _predicted(program: Any, x: np.ndarray) -> Any:
    """Return predictions; Keras without its bar."""
    import keras

    is_model = isinstance(program, keras.Model)
    return program.predict(x, verbose=0) if is_model else program.predict(x)


def _right(p: np.ndarray, y: np.ndarray) -> float:
    """Return the share of images whose digit is the one that is most probable."""
    if y.shape[1] == 1:
        return float(np.mean((p > 0.5) == (y > 0.5)))
    return float(np.mean(np.argmax(p, 1) == np.argmax(y, 1)))
