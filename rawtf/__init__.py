"""The workshop's models by hand: variables, matmul, sigmoid, cross-entropy, manual steps.

Nothing in here knows Keras. Read a model first (``perceptron.py``, ``mlp.py``, ``convnet.py``),
then what it is made of (``dense.py``, ``activations.py``, ``losses.py``, ``optimizers.py``), then
how it is run (``engines/``).
"""
