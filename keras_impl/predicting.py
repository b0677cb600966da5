"""The ways to ask a Keras model for a prediction: the same numbers, at another cost a call.

Which one is right follows from how many samples come at once. ``fit`` has no part in any of them.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import open_signature

Ask = Callable[[np.ndarray], np.ndarray]
"""Takes samples (n, ...) and returns their probabilities (n, outputs)."""


def in_graph(model: keras.Model) -> Ask:
    """Return the model as a ``tf.function``: what a server calls, for each request anew.

    Traced once for batches of any size; after that no Python of Keras runs any more.
    """
    signature = open_signature(model, str(model.inputs[0].dtype))[:1]
    graph = tf.function(
        lambda x: model(x, training=False),
        input_signature=signature,
        jit_compile=bool(model.jit_compile),
    )
    return lambda x: graph(tf.constant(x)).numpy()


def on_batch(model: keras.Model) -> Ask:
    """Return ``model.predict_on_batch``: what Keras offers for a batch that is already there.

    A graph too, which Keras makes and keeps; around it come conversions from and to NumPy.
    """
    return model.predict_on_batch


def called(model: keras.Model) -> Ask:
    """Return ``model(x)``: what one writes in a notebook, or inside a larger program.

    Every layer is a call from Python and every operation one of TensorFlow: nothing is a graph.
    """
    return lambda x: model(x, training=False).numpy()


def predict(model: keras.Model) -> Ask:
    """Return ``model.predict``: what one calls for many samples, such as a test set.

    Each call sets up a pipeline of batches, callbacks and a loop. That costs the same for one
    sample as for a million, and Keras's own documentation sends those with few elsewhere.
    """
    return lambda x: model.predict(x, verbose=0)


BY_NAME: dict[str, Callable[[keras.Model], Ask]] = {
    "tf.function": in_graph,
    "predict_on_batch": on_batch,
    "model(x)": called,
    "predict": predict,
}
EAGER = ("model(x)",)
"""Those that run an operation at a time; in a graph TensorFlow may put several into one."""
