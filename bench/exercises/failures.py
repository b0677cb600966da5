"""Where the code of a submission fails: the line, what TensorFlow meant, and what helps."""

import re
import traceback
from dataclasses import dataclass

HINTS = (
    (r"'?NoneType'?.*(\*|multiply|__mul__|tensor|values)|None values not supported|NoneType",
     "A gradient is None: the loss does not depend on that variable. Does every variable take part "
     "in what the loss is worked out from, and inside the tape's `with`?"),
    (r"Matrix size-incompatible|In\[0\] mismatch|inner dimension|Dimensions must be equal",
     "In a matrix product the inner sizes have to be the same: (batch, n_in) times (n_in, n_out). "
     "Print the two shapes; is one to be transposed, or do they change places?"),
    (r"BiasAdd|Must provide as many biases",
     "A bias has as many numbers as the last axis of what it is added to."),
    (r"Cannot assign value to variable|Shapes? .* incompatible|Incompatible shapes|"
     r"must be broadcastable|is not compatible|incompatible with|Shapes must be equal",
     "Two shapes do not fit together. Print both; over which axis was summed, and was it to stay "
     "(`keepdims`)?"),
    (r"labels.shape|rank of labels|labels must be",
     "That loss takes its labels in another form: whole numbers, one for each image, where yours "
     "are one-hot, or the other way round."),
    (r"non-persistent GradientTape",
     "A tape can be asked but once: ask it for all slopes in one call."),
    (r"non-Tensor|[Ss]ymbolic|in a graph|InGraph|retval_|must be the same (?:nested )?structure",
     "A graph is made before there are any numbers in it: what its loop counts with is to be a "
     "tensor from the first round on, and no Python number (`tf.range` counts so)."),
    (r"NameError|UnboundLocalError",
     "Python does not know that name there: is it made in an earlier gap, and spelt alike?"),
    (r"AttributeError", "There is no such name in there: is it spelt as in TensorFlow?"),
    (r"float64|double|expected to be a float tensor|dtype",
     "Two types of number meet; all of this is float32. NumPy makes float64 unless it is told."),
)  # fmt: skip
"""What a message of Python or TensorFlow looks like, and what helps; the first that fits counts."""
IN_GRAPH = "in user code:"
"""What TensorFlow's message begins with where a graph could not be made; the rest is told below."""
ANY = "Read the last line of what Python says, then print the shapes of what goes into that line."


@dataclass(frozen=True)
class Failure:
    """An exception from the code of a file.

    Attributes:
        line: of the file, the innermost that was running; None where none was.
        what: the exception as one line.
    """

    line: int | None
    what: str

    @property
    def hint(self) -> str:
        """What helps."""
        return next((hint for like, hint in HINTS if re.search(like, self.what, re.I)), ANY)


def failure_of(error: BaseException, file: str) -> Failure:
    """Return where in a file an exception, or what it was raised from, came from."""
    first = error
    while first.__cause__ is not None:
        first = first.__cause__
    told = str(first)
    lines = [f.lineno for f in traceback.extract_tb(first.__traceback__) if f.filename == file]
    lines += [int(n) for n in re.findall(rf'File "{re.escape(file)}", line (\d+)', told)]
    kind, said = type(first).__name__, next((n.strip() for n in told.splitlines() if n.strip()), "")
    if in_graph := re.findall(r"^ *(\w+): (.*)", told, re.M) if said == IN_GRAPH else []:
        kind, said = in_graph[-1]
    said = re.sub(r"\{\{.*?\}\} *| *\[Op:.*", "", said)  # TensorFlow's own names
    return Failure(lines[-1] if lines else None, f"{kind}: {said}"[:300])
