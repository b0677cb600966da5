"""Names to Keras's own losses, optimizers and initializers, and ``compile``."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import keras

OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "sgd": keras.optimizers.SGD,
    "momentum": partial(keras.optimizers.SGD, momentum=0.9),
    "nesterov": partial(keras.optimizers.SGD, momentum=0.9, nesterov=True),
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
}

INITIALIZERS: dict[str, Callable[[], keras.initializers.Initializer]] = {
    "glorot-uniform": keras.initializers.GlorotUniform,
    "truncated-normal": lambda: keras.initializers.TruncatedNormal(stddev=1.0),
}


def compile_model(
    model: keras.Model,
    loss: str,
    optimizer: str,
    learning_rate: float,
    steps_per_execution: int = 1,
    xla: bool = False,
    metrics: Sequence[str] = (),
    eagerly: bool = False,
) -> keras.Model:
    """Compile and return the model, without metrics unless named, XLA on or off in so many words.

    Keras would leave XLA to the device (``jit_compile="auto"``); the hand-written side names it
    too.
    """
    model.compile(
        OPTIMIZERS[optimizer](learning_rate),
        loss,
        metrics=list(metrics) or None,
        jit_compile=xla,
        run_eagerly=eagerly,
        steps_per_execution=steps_per_execution,
    )
    return model


@contextmanager
def float_type(dtype: str) -> Iterator[None]:
    """Set Keras's default float type and dtype policy, then put both back.

    Both are global. Data and learning rate follow the float type, layers follow the policy, and
    the policy is fixed by whatever the float type was when the first layer was made.
    """
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])
