"""What ``fit``, ``predict`` and ``save`` hide: batching, the loop, prediction, saving."""

from bench.explain.concept import Concept
from bench.explain.excerpts import Excerpt
from bench.explain.form import Form
from bench.explain.learning import FIT
from bench.specs import ModelSpec


def batching(spec: ModelSpec, form: Form) -> Concept:
    """How an epoch is cut."""
    return Concept(
        name="batching",
        formula="an epoch = a permutation of the samples, cut into batches; the last has the rest",
        hidden=(
            "fit shuffles unless told otherwise, samples and labels together, anew each epoch; it "
            "keeps the last, smaller batch, and cuts batches in other threads while a step runs. "
            "One of these threads tunes the others, and an epoch may end with a wait for it "
            "(docs/measuring.md). Where the batch size divides the number of samples, fit makes a "
            "graph for that one size; where it does not, a graph for any size "
            "(docs/exactness.md)."
        ),
        keras=(FIT,),
        raw=(Excerpt("rawtf/engines/base.py", "slices"),),
        faults=("labels left behind",),
    )


def loop(spec: ModelSpec, form: Form) -> Concept:
    """A step, again and again."""
    return Concept(
        name="training loop",
        formula="for each batch: forward, loss, gradient, step",
        hidden=(
            "The first call traces the step into a graph; the later ones run it. Around each, fit "
            "calls callbacks, reads logs and moves a progress bar. By hand the loop is a line, and "
            "can be put into the graph itself (engine epoch)."
        ),
        keras=(FIT,),
        raw=(
            Excerpt("rawtf/engines/base.py", "Engine.train_epoch"),
            Excerpt("rawtf/engines/eager.py", "Eager._step"),
            Excerpt("rawtf/engines/step.py", "Step.traced"),
            Excerpt("rawtf/checks.py", "check_samples"),
        ),
        faults=("never shuffled",),
    )


def prediction(spec: ModelSpec, form: Form) -> Concept:
    """The model in use."""
    fault = "unscaled in prediction"
    if spec.dropout_rate:
        fault = "dropout in prediction"
    elif spec.batch_norm:
        fault = "training mode, sorted"
    return Concept(
        name="prediction",
        formula="y = s(z)" if spec.is_binary else "y = softmax(z); the class is the largest",
        hidden=(
            "predict runs the model with training=False: no dropout, moving averages in place of "
            "the batch's own. It does so in batches of 32 unless told otherwise, and how a matrix "
            "product rounds depends on its shape: another batch size gives other last bits."
        ),
        keras=(Excerpt("keras_impl/fitting.py", "Fit.predict", ("self.model.predict(",)),),
        raw=(
            Excerpt("rawtf/model.py", "Model.predict"),
            Excerpt("rawtf/engines/base.py", "Engine.predict"),
        ),
        faults=(fault,),
    )


def saving(spec: ModelSpec, form: Form) -> Concept:
    """What has to be in the file."""
    return Concept(
        name="saving",
        formula="everything that the next step reads: weights, slots, averages, random states",
        hidden=(
            "One call writes layers, weights and the optimizer's slots. By hand you must know "
            "yourself what there is to save. Keras 3.15 itself leaves out the random state of "
            "dropout: a model that was loaded draws other masks than one that was never "
            "interrupted. gvk train --save runs these lines: Keras's where the file's name ends in "
            ".keras, else those by hand, which write the same file of either side."
        ),
        keras=(
            Excerpt("keras_impl/saving.py", "save", ("model.save(",)),
            Excerpt("keras_impl/saving.py", "load", ("load_model(",)),
        ),
        raw=(
            Excerpt("rawtf/saving.py", "save"),
            Excerpt("rawtf/saving.py", "state"),
            Excerpt("rawtf/saving.py", "load"),
            Excerpt("rawtf/saving.py", "parted"),
            Excerpt("rawtf/engines/eager.py", "Eager.set_state"),
        ),
        faults=("averages not saved",) if spec.batch_norm else ("read by column",),
    )
