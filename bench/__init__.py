"""The harness: proves that hand-written and Keras models are equal, times them, reports."""
