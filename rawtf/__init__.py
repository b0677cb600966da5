"""The workshop's models by hand: variables, matmul, sigmoid, cross-entropy, manual steps.

Nothing in here knows Keras. Start at ``one_page.py``, all of it on a page, and its elder sister
``one_page_session.py``. Then a model (``perceptron.py``, ``mlp.py``, ``convnet.py``), what it is
made of (``kernels.py``, ``activations.py``, ``losses.py``, ``optimizers.py``), and how it is run
(``step.py``, ``engines/``).
"""
