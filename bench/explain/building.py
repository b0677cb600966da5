"""What is hidden in the building of a model: initialisation, layers, activation, their states."""

from bench.explain.concept import SOURCES, Concept, Sources
from bench.explain.excerpts import Excerpt
from bench.explain.form import Form
from bench.specs import ModelSpec

ACTIVATIONS = {
    "sigmoid": "s(z) = 1 / (1 + exp(-z))",
    "relu": "relu(z) = max(z, 0)",
    "softmax": "softmax(z)_k = exp(z_k) / sum_j exp(z_j)",
}
"""The operations of ``rawtf.kernels`` that are activations, with their formulas."""


def initialisation(spec: ModelSpec, form: Form) -> Concept:
    """Where the weights start."""
    here = SOURCES[spec.name]
    return Concept(
        name="initialisation",
        formula="W ~ U(-a, a), a = sqrt(6 / (fan_in + fan_out)); b = 0",
        hidden=(
            "Leave the argument out and Keras draws Glorot's uniform numbers all the same. Each "
            "layer finds its own limit from its shape, draws from a generator that no line shows, "
            "and starts its bias at 0. The workshop's hand-written code drew from N(0, 1) instead, "
            "and its models learned less: the table of test accuracies shows both."
        ),
        keras=(here.keras("kernel_initializer"),),
        raw=(
            Excerpt("rawtf/initializers.py", "glorot_uniform"),
            Excerpt("rawtf/initializers.py", "fans"),
            Excerpt("rawtf/initializers.py", "zeros"),
        ),
        faults=("zero weights",),
    )


def forward(spec: ModelSpec, form: Form) -> Concept:
    """The layers."""
    here = SOURCES[spec.name]
    formula = "a_l = s(a_(l-1) W_l + b_l), the activation s of each layer"
    bias, written_out = form.operations("rawtf/bias.py", ("bias_add",))
    hidden = (
        "A Dense layer is a matrix product and a bias. Keras finds the shape of W when it sees its "
        "first input, and casts that input to the layer's dtype: a batch of integers is accepted "
        "without a word."
    )
    return Concept(
        name="forward pass",
        formula=formula if spec.has_hidden_layers else "z = x w + b",
        hidden=hidden,
        keras=(here.keras("keras.Input", *here.named("conv", "flatten", "dense")),),
        raw=(*_weights(here), here.raw("forward"), *bias),
        written_out=written_out,
        faults=("unscaled pixels",),
    )


def _weights(here: Sources) -> tuple[Excerpt, ...]:
    """Return where the weights are made: other models of a file add to those of its first one."""
    first = next(each for each in SOURCES.values() if each.file == here.file)
    return tuple(dict.fromkeys(each.raw("make_variables") for each in (first, here)))


def convolution(spec: ModelSpec, form: Form) -> Concept:
    """Convolution and pooling, in the form of slices and one matrix product."""
    here = SOURCES[spec.name]
    conv, conv_written = form.operations(
        "rawtf/conv.py", ("conv2d",), ("patches", "as_matrix", "padding")
    )
    pool, pool_written = form.operations("rawtf/pooling.py", ("max_pool",), ("corners",))
    return Concept(
        name="convolution and pooling",
        formula="z[h, w, d] = sum_(i, j, c) x[h+i-1, w+j-1, c] W[i, j, c, d]; then max of 2x2",
        hidden=(
            "'same' padding writes a frame of zeros; the kernel is not flipped, so that it is a "
            "correlation; of four equal pixels the first one takes the whole gradient. All three "
            "are choices, and another library may choose otherwise."
        ),
        keras=(here.keras("conv = {", *here.named("conv", "max_pool")),),
        raw=(*conv, *pool, Excerpt("rawtf/pooling.py", "flatten")),
        written_out=(*conv_written, *pool_written),
        faults=("channels first",),
    )


def activation(spec: ModelSpec, form: Form) -> Concept:
    """What makes a stack of matrix products more than one."""
    here = SOURCES[spec.name]
    last = "sigmoid" if spec.is_binary else "softmax"
    used = [name for name in ACTIVATIONS if here.uses(name) or name == last]
    ran, written_out = form.operations("rawtf/activations.py", tuple(used))
    dense = here.named("dense")
    lines = ["conv = {"] * bool(spec.filters) + list(dict.fromkeys([dense[0], dense[-1]]))
    return Concept(
        name="activation",
        formula="; ".join(ACTIVATIONS[name] for name in used),
        hidden=(
            "A string names a function. Written as on the workshop's slide the formula overflows: "
            "for a large negative z, exp(-z) is infinite and its gradient 0 times infinity. What "
            "runs is a stable form of it."
        ),
        keras=(here.keras(*lines),),
        raw=ran,
        written_out=written_out,
        faults=(_fault_of_activation(spec),),
    )


def _fault_of_activation(spec: ModelSpec) -> str:
    if spec.has_hidden_layers:
        return "no activation"
    return "no sigmoid" if spec.is_binary else "probabilities as logits"


def dropout(spec: ModelSpec, form: Form) -> Concept:
    """The random generator inside a layer."""
    here = SOURCES[spec.name]
    ran, written_out = form.operations("rawtf/dropout.py", ("stateless_dropout",))
    return Concept(
        name="dropout's random state",
        formula="a mask / (1 - rate), mask = 0 with probability rate, else 1",
        hidden=(
            "The layer holds a pair of integers, a seed and a counter. A mask is a pure function "
            "of the pair, and every call in training adds one to the counter. What is kept is "
            "scaled up, so that nothing has to change in prediction. Keras's own save leaves this "
            "state out."
        ),
        keras=(here.keras(*here.named("dropout")),),
        raw=(
            Excerpt("rawtf/dropout.py", "Dropout.__call__"),
            *ran,
            Excerpt("rawtf/dropout.py", "as_seed"),
        ),
        written_out=written_out,
        faults=("same mask", "no scaling"),
    )


def batch_norm(spec: ModelSpec, form: Form) -> Concept:
    """The two models in one layer."""
    here = SOURCES[spec.name]
    ran, written_out = form.operations("rawtf/batch_norm.py", ("normalize", "scale_and_shift"))
    return Concept(
        name="batch norm's two modes",
        formula=(
            "training: gamma (x - mean) / sqrt(variance + 1e-3) + beta, of the batch; "
            "prediction: the same by moving averages m = 0.99 m + 0.01 mean"
        ),
        hidden=(
            "In training a sample is normalised by what else is in its batch; in prediction by "
            "averages that training kept, so that it gets the same answer alone. The averages move "
            "by a hundredth a step: after few steps they are still near where they started."
        ),
        keras=(here.keras(*here.named("batch_norm")),),
        raw=(
            Excerpt("rawtf/batch_norm.py", "BatchNorm.__call__"),
            *ran,
            Excerpt("rawtf/batch_norm.py", "moving_average"),
        ),
        written_out=written_out,
        faults=("batch of one",),
    )
