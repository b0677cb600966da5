"""Which pairs hold the same bits, which only agree to rounding, and for those: why.

What each entry says was found by taking one thing away at a time: ``docs/exactness.md``.
``tests/bench/proof/test_matrix.py`` fails when a pair that is named here as differing is equal
after all, or the other way round (XLA and the perceptron apart, which happen to be equal at times).
"""

from bench.host import gpu
from bench.proof.criteria import ROUNDING_FLOAT64, SAME_BITS, Criterion
from bench.proof.onednn import fuses_bias_gradient
from bench.specs import ENGINES, Config

# What a dial changes in the arithmetic, and the ops that do it.
XLA = (
    "XLA compiles the step anew: it fuses elementwise ops into loops with multiply-add, and sums "
    "(MatMul, Sum, BiasAddGrad, Conv2DBackpropFilter) in an order of its own"
)
PRIMITIVE = (
    "the formulas use other ops: Sum for BiasAddGrad, Exp and Log for Sigmoid and "
    "SoftmaxCrossEntropyWithLogits"
)
PRIMITIVE_CONV = "MatMul over patches for Conv2D and its two gradients"
PRIMITIVE_NORM = "sums over size for Mean, a quotient for Rsqrt and Mul"
MANUAL = (
    "the rules use other ops: Sum for BiasAddGrad, a (1 - a) for SigmoidGrad, softmax less label "
    "for SoftmaxCrossEntropyWithLogits"
)
MANUAL_CONV = "MatMul over patches for Conv2DBackpropInput and Conv2DBackpropFilter"
KNOWN_SIZE = (
    "train_on_batch traces for the size of the first batch, and Grappler rewrites the gradient of "
    "Mean (batch norm) where it knows the size"
)
ONEDNN = (
    "oneDNN, which TensorFlow turns on for this processor, sums BiasAddGrad inside "
    "Conv2DBackpropFilterWithBias in a graph; eager runs the two apart "
    "(TF_ENABLE_ONEDNN_OPTS=0 gives equal bits)"
)
ON_A_GPU = (
    "on a GPU, cuBLAS and cuDNN choose the kernels of MatMul and Conv2D when they run: the same "
    "bits were shown on CPUs alone"
)
MANUAL_NORM = "one formula for the gradients of Mean, SquaredDifference and Rsqrt"


def causes(config: Config) -> list[str]:
    """Return why a pair cannot hold the same bits, op by op; nothing where it has to."""
    spec, why = config.spec, []
    if gpu.in_use():
        why.append(ON_A_GPU)
    if config.keras_engine == "train_on_batch" and spec.batch_norm:
        why.append(KNOWN_SIZE)
    in_onednn = spec.filters and config.dtype == "float32"
    if not ENGINES[config.engine].traced and in_onednn and fuses_bias_gradient():
        why.append(ONEDNN)
    if config.xla:
        why.append(XLA)
    if config.kernels == "primitive":
        why += [PRIMITIVE]
        why += [PRIMITIVE_CONV] if spec.filters else []
        why += [PRIMITIVE_NORM] if spec.batch_norm else []
    if config.gradients == "manual":
        why += [MANUAL]
        why += [MANUAL_CONV] if spec.filters else []
        why += [MANUAL_NORM] if spec.batch_norm else []
    return why


def criterion_without_floor(config: Config) -> Criterion | None:
    """Return what a pair has to meet; None where that takes a noise floor, run beside it."""
    if not causes(config):
        return SAME_BITS
    return ROUNDING_FLOAT64 if config.dtype == "float64" else None
