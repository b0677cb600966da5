"""What a test leaves out that does not matter to it: trustworthy seconds, and fresh processes."""

import gc
from dataclasses import replace

from bench.timing.presets import PRECISIONS

SETTLED = ("timing.blocks", "timing.model_stand", "law.stand", "floor.stand", "growth.stand")


def hasten(patch):
    """Let segments be too short to be trusted, and let the garbage lie between them.

    Segments still collect garbage before they start: what is there already is frozen once, so
    that they need not walk over all of TensorFlow.
    """
    patch.setattr("bench.timing.slices.SHORTEST", 0.0005)
    patch.setattr("bench.timing.slices.LONGEST", 0.005)
    patch.setattr("bench.timing.slices.LOOK_SECONDS", 0.002)
    patch.setitem(PRECISIONS, "quick", replace(PRECISIONS["quick"], max_segment_seconds=0.02))
    for module in SETTLED:
        patch.setattr(f"bench.{module}.settle", lambda: None)
    gc.collect()
    gc.freeze()


class Done:
    """The result of work that was done at once."""

    def __init__(self, value):
        self.value = value

    def result(self):
        return self.value


class OneProcess:
    """Stands where an executor over a fresh process does, and works in this one.

    For tests of what is asked for and what becomes of it. Exact mode stays on afterwards: a test
    that needs a process which never was in it starts one, whoever ran before.
    """

    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, work, *arguments, **named):
        return Done(work(*arguments, **named))
