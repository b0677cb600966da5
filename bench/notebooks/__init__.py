"""The chapter of a model as a notebook: both sides in cells, to run, to change, and to compare.

``cells`` says what stands in it, from the live source; ``writing`` makes a file of that, a script
in jupytext's percent format or a notebook; ``live`` is what its cells call: it trains both sides as
they stand in the notebook and shows how far apart they are.

May import ``bench.explain`` and what lies below it in the order of imports.
"""
