"""What ``compile`` hides: loss, gradient, optimizer step, metrics."""

from bench.explain.concept import SOURCES, Concept
from bench.explain.excerpts import Excerpt
from bench.explain.form import Form
from bench.specs import ModelSpec

COMPILE = Excerpt("keras_impl/compiling.py", "compile_model", ("model.compile(",))
FIT = Excerpt("keras_impl/fitting.py", "Fit.train", ("self.model.fit(",))

_ACCELERATED = ("Momentum.next_momentum", "Momentum.decayed")
RULES = {
    "sgd": ("w <- w - learning_rate dL/dw", ("SGD.rule",)),
    "momentum": (
        "m <- 0.9 m - learning_rate dL/dw; w <- w + m",
        ("Momentum.rule", *_ACCELERATED),
    ),
    "nesterov": (
        "m <- 0.9 m - learning_rate dL/dw; w <- w + 0.9 m - learning_rate dL/dw",
        ("Nesterov.rule", *_ACCELERATED),
    ),
    "rmsprop": (
        "v <- 0.9 v + 0.1 (dL/dw)^2; w <- w - learning_rate dL/dw / sqrt(v + 1e-7)",
        ("RMSprop.rule",),
    ),
    "adam": (
        "m <- m + 0.1 (dL/dw - m); v <- v + 0.001 ((dL/dw)^2 - v); "
        "w <- w - alpha m / (sqrt(v) + 1e-7)",
        ("Adam.rule", "Adam.updates", "Adam.alpha"),
    ),
}
"""By the optimizer's name: its formula, and the methods that are its rule."""


def loss(spec: ModelSpec, form: Form) -> Concept:
    """From logits to one number."""
    name = "binary_cross_entropy" if spec.is_binary else "categorical_cross_entropy"
    binary = "L = mean of -y log s(z) - (1 - y) log(1 - s(z))"
    many = "L = mean of log sum_j exp(z_j) - sum_k y_k z_k"
    ran, written_out = form.operations("rawtf/losses.py", (name,))
    return Concept(
        name="loss",
        formula=binary if spec.is_binary else many,
        hidden=(
            "The model ends in a probability. Keras takes the loss from the logits before it all "
            "the same, where it finds them, because the logarithm of a probability near 0 has lost "
            "its digits. The mean is a sum divided by the size of the batch."
        ),
        keras=(COMPILE,),
        raw=(
            Excerpt("rawtf/model.py", "Model.loss"),
            Excerpt("rawtf/losses.py", "mean"),
            *ran,
        ),
        written_out=written_out,
        faults=("sum for mean", "probabilities as logits"),
    )


def gradient(spec: ModelSpec, form: Form) -> Concept:
    """The chain rule, layer by layer."""
    fault = ("no slope",) if spec.has_hidden_layers else ()
    tape, by_hand = (Excerpt("rawtf/step.py", "backward"),), _by_hand(spec)
    auto = form.gradients == "auto"
    return Concept(
        name="gradient",
        formula="dL/da = sum of dL/dz dz/da over each z that a goes into, from the loss backwards",
        hidden=(
            "TensorFlow records every operation on the way forward, then walks back over the "
            "record. Each operation has a rule of its own, and the tape chains them. With "
            "--gradients manual a model trains by rules and a tape of this project alone, without "
            "automatic differentiation."
        ),
        keras=(),
        no_line="No line at all: fit takes the gradients by itself.",
        raw=tape if auto else by_hand,
        written_out=by_hand if auto else (),
        faults=(*fault, "not cleared"),
    )


def _by_hand(spec: ModelSpec) -> tuple[Excerpt, ...]:
    """Return backpropagation by hand: what chains the rules of a model's operations, and those."""
    ops = ("matmul", "bias_add", "sigmoid", "relu", "conv2d", "max_pool")
    rules = [op for op in ops if SOURCES[spec.name].uses(op)]
    rules += ["_patches_back"] if "conv2d" in rules else []
    rules += ["dropout"] if spec.dropout_rate else []
    rules += ["normalize"] if spec.batch_norm else []
    rules += ["binary_cross_entropy" if spec.is_binary else "categorical_cross_entropy", "mean"]
    return (
        Excerpt("rawtf/step.py", "backward_by_hand"),
        Excerpt("rawtf/tape.py", "Tape.gradient"),
        *(Excerpt("rawtf/backprop.py", rule) for rule in rules),
    )


def optimizer(spec: ModelSpec, form: Form) -> Concept:
    """The step."""
    formula, rule = RULES[form.optimizer]
    return Concept(
        name="optimizer step",
        formula=formula,
        hidden=(
            "The name chooses the rule, and with it what is kept from step to step: momentum keeps "
            "a tensor for every weight, Adam two, and a count of steps. All new values are worked "
            "out before the first is written."
        ),
        keras=(COMPILE,),
        raw=(
            *(Excerpt("rawtf/optimizers.py", method) for method in rule),
            Excerpt("rawtf/optimizers.py", "Optimizer.updates"),
            Excerpt("rawtf/step.py", "update"),
            Excerpt("rawtf/updates.py", "assign_all"),
        ),
        faults=("uphill",),
    )


def metrics(spec: ModelSpec, form: Form) -> Concept:
    """What is counted on the way."""
    return Concept(
        name="metrics",
        formula="accuracy = right / all, over the samples, not over the batches",
        hidden=(
            "Keras chooses the accuracy by the shape of the labels, keeps a running sum and a "
            "count in two variables of the graph, and reads them back to Python after every step, "
            "with verbose=0 too. The ladder says what that costs. By hand, losses are read after "
            "the last step, and both sides are judged once an epoch by one call of scikit-learn."
        ),
        keras=(COMPILE,),
        raw=(
            Excerpt("rawtf/engines/base.py", "Engine.train_epoch"),
            Excerpt("bench/stats/scores.py", "predicted_classes"),
        ),
        faults=("mean of batches",),
    )
