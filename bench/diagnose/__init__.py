"""Why do two programs disagree? The first op at which they part, the cause, and its cure tried.

How it works, in the order of the modules:

``op_watch`` sees every op that runs (the one file on TensorFlow's internals), ``graph_program``
runs TensorFlow 1 graphs op by op so that they are seen as well, ``watch`` makes a ``trace`` of it:
kind, inputs, numbers and the user's line of each op. ``stand`` runs either program of a ``pair``
from the same weights on the same batches, random ops dealt the same numbers. ``align`` matches the
tensors of two traces by value; the first op whose inputs both hold and whose output only one has is
where they part. ``floor`` measures on the pair itself how far rounding alone carries it, so that no
tolerance is a constant. ``spot`` says at which step and rung a pair parts: forward, loss, gradient,
update, moving statistics, prediction, metric, then a whole fit, the order of data, the start.

``causes_*`` are hypotheses, each with a ``cure``: a change to one running program. ``search`` runs
that side again under each; a cause is one whose cure pushed the parting back, and ``climb`` goes on
from there, so that three faults come out as three. Three kinds need no name for a fault:
``causes_edits`` changes one op of the user's line, ``causes_transplant`` puts the other side's
computation in the place of an op, ``causes_values`` its numbers. An update written by hand is taken
out of its step (``rule``) and tried with one op changed (``rule_edits``). ``where`` finds the
lines, ``answer`` and ``words`` tell it. ``worker`` keeps user code in a process of its own.

May import ``bench.errors`` and what lies below it in the order of imports. Importing this package
loads no TensorFlow.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.diagnose.answer import Diagnosis


def diagnose(loop: Any, reference: Any, data: Any, **options: Any) -> "Diagnosis":
    """Say why two programs disagree, in this process; see ``bench.diagnose.api.diagnose``."""
    from bench.diagnose.api import diagnose as in_this_process

    return in_this_process(loop, reference, data, **options)
