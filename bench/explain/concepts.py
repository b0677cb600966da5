"""Every concept of a model, in the order in which a program meets them."""

from bench.explain import building, learning, running
from bench.explain.concept import Concept
from bench.explain.excerpts import Size, size
from bench.specs import ModelSpec


def concepts_of(spec: ModelSpec) -> list[Concept]:
    """Return what Keras hides of a model."""
    makers = [building.initialisation, building.forward]
    makers += [building.convolution] if spec.filters else []
    makers += [building.activation]
    makers += [building.dropout] if spec.dropout_rate else []
    makers += [building.batch_norm] if spec.batch_norm else []
    makers += [learning.loss, learning.gradient, learning.optimizer, learning.metrics]
    makers += [running.batching, running.loop, running.prediction, running.saving]
    return [make(spec) for make in makers]


def totals(concepts: list[Concept]) -> tuple[Size, Size]:
    """Return how much code all concepts are in Keras and by hand, no line counted twice."""
    keras = [excerpt for concept in concepts for excerpt in concept.keras]
    raw = [excerpt for concept in concepts for excerpt in concept.raw]
    return size(keras), size(raw)
