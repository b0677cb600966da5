"""Import TensorFlow without the lines that its C++ side writes while it loads."""

import os
import sys
import tempfile
from collections.abc import Callable

from bench.errors import UserError
from bench.host import gpu


def quiet_tensorflow(first: Callable[[], None] | None = None) -> None:
    """Import TensorFlow and Keras; show what loading wrote only if the import fails.

    Args:
        first: is called before the first tensor is made, after which devices are what they are.

    Some of those lines are written before TensorFlow's own log level applies, straight to file
    descriptor 2, so that is what is turned away.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"  # the only backend that the hand-written side has
    gpu.before_start()
    sys.stderr.flush()
    before = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            import keras  # noqa: F401
            import tensorflow as tf

            if first:
                first()
            tf.get_logger().setLevel("ERROR")  # parity builds many models: each traces anew
            tf.constant(0)  # the devices report themselves when the first tensor is made
        except UserError:
            raise  # it says all that there is to say
        except BaseException:
            written.seek(0)
            os.write(before, written.read())
            raise
        finally:
            os.dup2(before, 2)
            os.close(before)
