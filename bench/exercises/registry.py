"""Every exercise, in the workshop's order: the twin that it is held against, and its limits."""

from dataclasses import dataclass

from bench.errors import UserError

DONE_FOR_YOU = ("keras",)
"""What is not by hand."""


@dataclass(frozen=True)
class Exercise:
    """An exercise; its task and its solution lie in ``library``, under its name.

    Attributes:
        model, optimizer: of the twin that is the reference.
        forbidden: names of a library that would do the exercise by themselves.
        makers: the functions of the file that make its programs, each compared with the twin.
        shuffle: whether the reference's ``fit`` permutes the data, if the program has a ``fit``.
        traced: an attribute of the program that has to be one graph, made once, with a loop in it.
    """

    model: str
    optimizer: str = "sgd"
    forbidden: tuple[str, ...] = DONE_FOR_YOU
    makers: tuple[str, ...] = ("loop",)
    shuffle: bool = False
    traced: str = ""


EXERCISES: dict[str, Exercise] = {
    "perceptron": Exercise("perceptron"),
    "cross-entropy": Exercise(
        "mlp", forbidden=(*DONE_FOR_YOU, "log_softmax", "softmax_cross_entropy_with_logits")
    ),
    "dense-layer": Exercise("mlp"),
    "mlp-by-hand": Exercise("mlp"),
    "mlp-in-keras": Exercise("mlp", forbidden=()),
    "dropout": Exercise("mlp-dropout", forbidden=(), makers=("by_hand", "in_keras")),
    "convnet-in-keras": Exercise("convnet", forbidden=()),
    "convnet-dropout-batchnorm": Exercise("convnet-full", forbidden=()),
    "convnet-by-hand": Exercise("convnet"),
    "adam-by-hand": Exercise("mlp", optimizer="adam"),
    "backprop-by-hand": Exercise("mlp", forbidden=(*DONE_FOR_YOU, "GradientTape", "gradients")),
    "epoch-in-a-graph": Exercise("mlp", shuffle=True, traced="compiled_epoch"),
    "all-reduce-by-hand": Exercise("mlp", forbidden=(*DONE_FOR_YOU, "distribute")),
}


def exercise(name: str) -> Exercise:
    """Return the exercise of that name.

    Raises:
        UserError: there is none; the message lists those there are.
    """
    if name not in EXERCISES:
        raise UserError(f"unknown exercise '{name}': choose one of {', '.join(EXERCISES)}")
    return EXERCISES[name]
