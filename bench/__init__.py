"""The harness: proves that hand-written and Keras models are equal, times them, reports."""

__version__ = "0.1.0"
