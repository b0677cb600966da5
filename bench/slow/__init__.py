"""Why is a loop slow? Suspects taken away one at a time, and the time measured after each.

How it works, in the order of the modules:

``source`` holds the user's file as a tree that can be edited, written beside the original and
loaded again; every line of a copy knows the line of the original that it comes from. ``spy``
watches a few steps: which of the user's lines time goes to, and what happens beneath them (ops run
one by one, functions traced or made anew, calls of ``fit``, ``train_on_batch`` or ``predict``).
``ways`` are what can be timed of a program: a step, a whole fit, predictions, an evaluation.
``turns`` times programs in turns. ``growth`` sees what grows from step to step.

``suspects_*`` make hypotheses of what was seen, each with an edit of the user's source that takes
it away. ``trial`` loads the edited file, runs it from the same weights on the same batches, and
refuses it where its numbers are others; the rest are timed in turns with the program as it was.
``climb`` takes the one that helps most, if it helps beyond the noise, and goes on from there.
``answer`` and ``words`` tell it, ``worker`` keeps it in a process of its own, ``marks`` counts how
often it is right.

May import ``bench.diagnose``, ``bench.timing`` and what lies below them. Importing this package
loads no TensorFlow.
"""
