"""Other libraries on the same models: written well, proved equal to the twins, timed beside them.

One file a library (``by_*.py``), each run in a process of its own (``worker``). Imports timing, and
what stands left of it; what a worker loads imports neither TensorFlow nor ``bench.twins``, but for
``by_twins``.
"""
