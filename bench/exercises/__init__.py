"""Exercises in the workshop's order: a skeleton with gaps, and an answer to what was filled in.

``library`` holds a folder for each: its task in English and French, section by section as the gaps
come, and one solution in which the gaps are marked. ``gaps`` cuts the skeleton from it, so that the
two cannot drift apart, and ``tasks`` writes a section's text into each gap. ``registry`` says which
twin of this project an exercise has to agree with, ``references`` makes it.

``submission`` reads what was handed in, and puts the solution into gaps that are still open, so
that the others can be judged already. ``grading`` compares it with the solution and has
``bench.diagnose`` compare it with the twin, and turns what is found into what a teacher would say.

``gap_by_gap`` finds the gap at fault, each by itself. ``beside`` keeps what goes into a gap and
comes out of it, ``shows`` says what that has to do with what it should be (``kinds``: two tensors),
``draws`` where it is random, ``layers`` in Keras, and ``edits`` tries what a slip of the pen comes
to. ``grade`` is the answer; ``show_words`` and ``hints`` know what helps, by how a fault shows and
by a cause of the diagnosis, ``failures`` where the code fails; ``words`` says it.
``worker`` runs all that in a process of its own. ``tryout`` trains an exercise's program on digits.

May import ``bench.diagnose`` and what lies below it in the order of imports.
"""
