"""What is said of a concept, and which source files hold a model."""

from dataclasses import dataclass

from bench.explain.excerpts import Excerpt, source
from bench.specs import ModelSpec


@dataclass(frozen=True)
class Concept:
    """One thing that Keras does for a model, and the same by hand.

    Attributes:
        name: such as ``loss``.
        formula: as on the slide, in plain characters.
        hidden: what the Keras line does not say.
        keras, raw: where it stands in the source, on either side.
        no_line: why Keras has no line for it; empty where it has.
        faults: what can go wrong there, keys of ``bench.faults.words.FAULTS``.
    """

    name: str
    formula: str
    hidden: str
    keras: tuple[Excerpt, ...]
    raw: tuple[Excerpt, ...]
    no_line: str = ""
    faults: tuple[str, ...] = ()


def code(excerpts: tuple[Excerpt, ...]) -> str:
    """Return the code of several excerpts, each below the place where it stands."""
    return "\n\n".join(f"# {each.place}\n{source(each)}" for each in excerpts)


@dataclass(frozen=True)
class Sources:
    """Where a model stands on either side.

    Attributes:
        keras_file, keras_function: the Keras model.
        raw_file: the hand-written one.
        raw_forward: whose ``forward`` it runs.
    """

    keras_file: str
    keras_function: str
    raw_file: str
    raw_forward: str

    def keras(self, *lines: str) -> Excerpt:
        """Return some statements of the Keras model."""
        return Excerpt(self.keras_file, self.keras_function, lines)


def sources_of(spec: ModelSpec) -> Sources:
    """Return the source files of a model."""
    if spec.filters:
        return Sources("keras_impl/convnet.py", "_convnet", "rawtf/convnet.py", "ConvNet.forward")
    if spec.is_binary:
        return Sources(
            "keras_impl/perceptron.py", "perceptron", "rawtf/perceptron.py", "Perceptron.forward"
        )
    dropout = bool(spec.dropout_rate)
    return Sources(
        "keras_impl/mlp.py",
        "mlp_dropout" if dropout else "mlp",
        "rawtf/mlp.py",
        "MLPDropout.forward" if dropout else "MLP.forward",
    )
