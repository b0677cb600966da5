"""The harness: proves that hand-written and Keras models are equal, times them, reports.

In packages, each with one name and one place in the order; a package imports only what stands
left of it, and members of a group never import each other (``tests/bench/test_imports.py``)::

    errors, rounding, version < own_models < specs < host, render, stats < data < twins, records
    < proof, anatomy < training, timing
    < ladder, law, dials, floor, calibration, faults, diagnose, jobs, scale, peers, devices
    < growth, scaling, slow, exercises < explain < report, pipeline, notebooks < page < commands
    < cli, plugin < reference, __main__
"""
