"""What is said of a concept, and which source files hold a model."""

import re
from dataclasses import dataclass

from bench.explain.excerpts import Excerpt, source


@dataclass(frozen=True)
class Concept:
    """One thing that Keras does for a model, and the same by hand.

    Attributes:
        name: such as ``loss``.
        formula: as on the slide, in plain characters.
        hidden: what the Keras line does not say.
        keras, raw: where it stands in the source, on either side; both ran in what is reported.
        written_out: the same by hand in formulas, where what ran are TensorFlow's own operations,
            or its tape; it did not run there.
        no_line: why Keras has no line for it; empty where it has.
        faults: what can go wrong there, keys of ``bench.faults.words.FAULTS``.
    """

    name: str
    formula: str
    hidden: str
    keras: tuple[Excerpt, ...]
    raw: tuple[Excerpt, ...]
    written_out: tuple[Excerpt, ...] = ()
    no_line: str = ""
    faults: tuple[str, ...] = ()


def code(excerpts: tuple[Excerpt, ...]) -> str:
    """Return the code of several excerpts, each below the place where it stands."""
    return "\n\n".join(f"# {each.place}\n{source(each)}" for each in excerpts)


@dataclass(frozen=True)
class Sources:
    """Where a model stands on either side.

    Attributes:
        file: of the same name in ``keras_impl`` and ``rawtf``.
        keras_function: what returns the Keras model.
        raw_class: the hand-written one.
    """

    file: str
    keras_function: str
    raw_class: str

    def keras(self, *lines: str) -> Excerpt:
        """Return some statements of the Keras model, or all of it."""
        return Excerpt(f"keras_impl/{self.file}", self.keras_function, lines)

    def raw(self, method: str) -> Excerpt:
        """Return a method of the hand-written model."""
        return Excerpt(f"rawtf/{self.file}", f"{self.raw_class}.{method}")

    def uses(self, op: str) -> bool:
        """Return whether the hand-written forward pass has an operation of ``rawtf.kernels``.

        >>> SOURCES["mlp"].uses("sigmoid"), SOURCES["mlp"].uses("relu")
        (True, False)
        """
        return f"k.{op}(" in source(self.raw("forward"))

    def named(self, *kinds: str) -> list[str]:
        """Return how the Keras model names its layers of these kinds, in their order.

        >>> SOURCES["convnet"].named("flatten", "dense")
        ['name="flatten"', 'name="dense_1"', 'name="dense_2"', 'name="dense_3"']
        """
        return re.findall(rf'name="(?:{"|".join(kinds)})(?:_\d+)?"', source(self.keras()))


SOURCES = {
    "perceptron": Sources("perceptron.py", "perceptron", "Perceptron"),
    "mlp": Sources("mlp.py", "mlp", "MLP"),
    "mlp-dropout": Sources("mlp.py", "mlp_dropout", "MLPDropout"),
    "convnet": Sources("convnet.py", "convnet", "ConvNet"),
    "convnet-dropout": Sources("convnet.py", "convnet_dropout", "ConvNetDropout"),
    "convnet-batchnorm": Sources("convnet.py", "convnet_batchnorm", "ConvNetBatchNorm"),
    "convnet-full": Sources("convnet.py", "convnet_full", "ConvNetFull"),
}
"""By the model's name."""
