"""What ``compile`` hides: loss, gradient, optimizer step, metrics."""

from bench.explain.concept import SOURCES, Concept
from bench.explain.excerpts import Excerpt
from bench.specs import ModelSpec

COMPILE = Excerpt("keras_impl/compiling.py", "compile_model", ("model.compile(",))
FIT = Excerpt("keras_impl/fitting.py", "Fit.train", ("self.model.fit(",))


def loss(spec: ModelSpec) -> Concept:
    """From logits to one number."""
    name = "binary_cross_entropy" if spec.is_binary else "categorical_cross_entropy"
    binary = "L = mean of -y log s(z) - (1 - y) log(1 - s(z))"
    many = "L = mean of log sum_j exp(z_j) - sum_k y_k z_k"
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
            Excerpt("rawtf/losses.py", f"{name}_primitive"),
            Excerpt("rawtf/losses.py", "mean"),
            Excerpt("rawtf/model.py", "Model.loss"),
        ),
        faults=("sum for mean", "probabilities as logits"),
    )


def gradient(spec: ModelSpec) -> Concept:
    """The chain rule, layer by layer."""
    ops = ("matmul", "bias_add", "sigmoid", "relu", "conv2d", "max_pool")
    rules = [op for op in ops if SOURCES[spec.name].uses(op)]
    rules += ["dropout"] if spec.dropout_rate else []
    rules += ["normalize"] if spec.batch_norm else []
    rules += ["binary_cross_entropy" if spec.is_binary else "categorical_cross_entropy", "mean"]
    fault = ("no slope",) if spec.has_hidden_layers else ()
    return Concept(
        name="gradient",
        formula="dL/da = sum of dL/dz dz/da over each z that a goes into, from the loss backwards",
        hidden=(
            "TensorFlow records every operation on the way forward, then walks back over the "
            "record. Each operation has a rule of its own; here are those of this model, and the "
            "tape that chains them. With --gradients manual a model trains by these rules alone, "
            "without automatic differentiation."
        ),
        keras=(),
        no_line="No line at all: fit takes the gradients by itself.",
        raw=(
            *(Excerpt("rawtf/backprop.py", rule) for rule in rules),
            Excerpt("rawtf/tape.py", "Tape.gradient"),
            Excerpt("rawtf/step.py", "backward_by_hand"),
        ),
        faults=(*fault, "not cleared"),
    )


def optimizer(spec: ModelSpec) -> Concept:
    """The step."""
    return Concept(
        name="optimizer step",
        formula="w <- w - learning_rate dL/dw",
        hidden=(
            "The name chooses the rule, and with it what is kept from step to step: momentum keeps "
            "a tensor for every weight, Adam two, and a count of steps. All new values are worked "
            "out before the first is written."
        ),
        keras=(Excerpt("keras_impl/compiling.py", "OPTIMIZERS"),),
        raw=(
            Excerpt("rawtf/optimizers.py", "SGD.rule"),
            Excerpt("rawtf/optimizers.py", "Optimizer.updates"),
            Excerpt("rawtf/step.py", "update"),
            Excerpt("rawtf/updates.py", "assign_all"),
        ),
        faults=("uphill",),
    )


def metrics(spec: ModelSpec) -> Concept:
    """What is counted on the way."""
    line = "> 0.5" if spec.is_binary else "argmax(axis=1)"
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
            Excerpt("bench/stats/scores.py", "predicted_classes", (line,)),
        ),
        faults=("mean of batches",),
    )
