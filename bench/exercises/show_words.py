"""What helps against a fault, by how it shows; said so that the answer is still one to find."""

from bench.exercises.hints import BY_CAUSE
from bench.exercises.shows import Show

CONFIRMED = "with the solution in this gap alone, your program computes what the solution does"

BY_SHOW = {
    "left-early":
        "What comes after this gap is never reached: it is to give a name its value, not to "
        "return. The line below the gap returns.",
    "not-made": "Nothing gives `{}` its value in this gap: which line makes it, spelt like that?",
    "no-number": "`{}` holds no number there. What is it to be, and which line gives it a value?",
    "no-variable":
        "`{}` holds the right numbers, but is no variable: no step can move it. What makes one?",
    "type-of-number":
        "`{}` holds the right numbers in another type: all of this is float32, and NumPy makes "
        "float64 unless it is told.",
    "unused-bias":
        "Nothing that comes out of this gap changes with `{}`: where does that bias come in?",
    "unused": "Nothing that comes out of this gap changes with `{}`: where does it come in?",
    "not-finite":
        "`{}` is infinite or no number at all: what is divided by zero there, or what is the "
        "logarithm taken of?",
    "one-number":
        "`{}` is to be one number for the whole batch, and is one for each image still: are they "
        "to be summed up, or is it their mean?",
    "transposed":
        "`{}` lies on its side. In a matrix product the inner sizes are summed over: which "
        "factor comes first, and is one transposed?",
    "height-and-width":
        "Print the height and width of `{}` before and after: is the image padded, and how far do "
        "the windows go on (strides)?",
    "shape":
        "Print the shape of `{}`: what does each of its axes count, and what should it?",
    "never-moves": "`{}` never moves: what writes a new value into the variable itself?",
    "not-kept":
        "`{}` is overwritten by its step: what it was before is to count as well. Which method "
        "of a variable changes its value by an amount?",
    "other-mix":
        "`{}` is a running mean: a share of what it was and a share of what is new. Which share "
        "is which, and what is taken in, by the rule?",
    "count": "`{}` counts something else. What does it count, and by how much does it go up?",
    "other-way": "`{}` goes the other way: which sign brings it down the slope?",
    "step-length":
        "`{}` goes the right way, but too far or not far enough: by what is the slope "
        "multiplied, by the rule?",
    "sign": "`{}` has the right size. May it be positive there, or negative? Look at the sign.",
    "sum-or-mean":
        "`{}` is right but for a factor, and that is how many numbers were added up: sum or "
        "mean, and over what?",
    "sum-or-mean-inside":
        "Sum or mean? Inside the logarithm it is the other one: `{}` is off by the same amount "
        "everywhere.",
    "last-batch":
        "A whole batch is right, and the smaller last batch of an epoch is not: which number "
        "did you divide by?",
    "factor": "`{}` is right but for one factor, the same everywhere: which number is it?",
    "term": "`{}` is off by the same amount everywhere: which term is too much, or lacks?",
    "bias":
        "`{}` is off by the same amounts for every image, whatever is in it: look at the bias. "
        "Is it there, and how does it come in?",
    "squashed-twice":
        "`{}` is squashed once more than it should be: what are probabilities already goes "
        "through sigmoid or softmax again.",
    "squashed": "An activation too many: `{}` is to be what comes before one. What may it lie "
        "between?",
    "not-squashed":
        "The activation is not there: `{}` is what should go into it. What should its numbers "
        "lie between?",
    "other-activation":
        "`{}` comes out of another activation than the task's: what should its numbers lie "
        "between?",
    "logarithm": "`{}` has a logarithm too few or too many: put it beside the formula.",
    "root": "`{}` is off by a square or a root: put it beside the formula.",
    "axis":
        "`{}` is made over the wrong axis: which axis counts the images, and which the numbers "
        "of one image?",
    "order": "`{}` holds the right numbers in another order: which of them goes where?",
    "factor-of":
        "`{}` is off by a factor that depends on {} alone: look at how {} comes in; a part of "
        "that factor lacks, or is too much.",
    "same-for-all":
        "`{}` is the same number throughout, whatever the image: what does the activation share "
        "out, and among how many?",
    "same-each-step":
        "`{}` is the same at every step; by the rule it changes with {}. What is other about the "
        "first steps, and what makes up for it?",
    "factor-over-steps":
        "`{}` is off by a factor that changes from step to step: look at each place where {} "
        "comes in by the rule. Which of them lacks, or stands where it should not?",
    "zeros": "`{}` is zero throughout: what is it to be made of, by the formula?",
    "cut-not-last":
        "`{}` is right in part, and never zero where it should be: in which order come the "
        "activation and what else is in the gap?",
    "still": "`{}` is still {}: nothing was done to it.",
    "changed": "`{}` is to go through this gap as it is while training.",
    "changed-in-prediction":
        "`{}` is to go through this gap as it is in prediction, or two calls give two answers: "
        "what tells the gap that this is no training?",
    "unchanged":
        "While training, `{}` comes out of this gap as it went in: when is something to be done "
        "to it, and what tells the gap?",
    "as-it-was":
        "`{}` comes out of this gap as it went in: is it this one that is to change, and by what?",
    "replaced":
        "`{}` is overwritten, and what was there counts as well: is the new to be added to it?",
    "replaced-in-prediction": "`{}` is overwritten in prediction.",
    "unchanged-in-prediction": "In prediction `{}` comes out of this gap as it went in.",
    # draws
    "nothing-drawn": "Nothing is dropped: which of the numbers become zero, and by what draw?",
    "drawn-together":
        "Every number is to be dropped by a draw of its own; here all images of a batch lose the "
        "same. What shape does the mask have?",
    "drawn-once":
        "The same numbers are dropped at every step: the mask is to be drawn anew each time.",
    "share": "Another share is dropped than `rate` says. Which draws are kept, and what are they "
        "drawn from?",
    "scale":
        "The right share is dropped; what is kept is scaled by another factor than the "
        "formula's, so that its sum is not on average what it was.",
    "not-scaled-alike": "What is kept is to be scaled up, by one factor for all.",
    # one small change puts it right
    "edit-swapped": "Two things in this gap change places: which comes first?",
    "edit-sum-or-mean": "Sum or mean (or largest)? The formula says which.",
    "edit-transposed":
        "In a matrix product the inner sizes are summed over: is a factor to be transposed here?",
    "edit-axis": "Which axis counts the images, and which the numbers of one image?",
    "edit-names-exchanged":
        "Two names change places in this gap: read it symbol by symbol beside the formula.",
    "edit-activation":
        "Look at the activation: what should the numbers lie between, and are they squashed once, "
        "twice, or not at all?",
    "edit-operation-extra": "One operation too many: what in this gap does the formula not have?",
    "edit-operation-missing":
        "One operation lacks: which function does the formula have that this gap has not?",
    "edit-sign": "A sign in this gap is the other way round.",
    "edit-operator": "An operation in this gap is another than the formula's: plus, minus, times, "
        "divided by?",
    "edit-term-extra": "There is a term in it that the formula does not have.",
    "edit-factor-extra": "There is a factor in it that the formula does not have.",
    "edit-other-name":
        "One name in this gap stands where the formula has another: read it symbol by symbol.",
    "edit-constant": "A number in this gap is not the one that the task gives.",
    "edit-factor-missing": "The formula has a factor there that this gap has not.",
    "edit-term-missing": "The formula has a term there that this gap has not.",
    # layers of Keras
    "layer-use_bias": "A layer has no bias, or has one that it should not: look at its settings.",
    "layer-called-on": "A layer takes another layer's output than it should: what is each called "
        "on?",
    "layer-scale": "Batch normalisation learns a scale and a shift: does this layer have both?",
    "layer-center": "Batch normalisation learns a scale and a shift: does this layer have both?",
    "layer-filters": "Count that layer's filters.",
    "layer-kernel_size": "How many pixels wide is a window of that convolution?",
}  # fmt: skip
"""How a fault shows (``shows``, ``draws``, ``edits``, ``layers``), and what helps."""


def of_show(found: Show) -> str:
    """Return what helps against a fault by how it shows."""
    kind, _, of = found.kind.partition(":")
    known = {**BY_CAUSE, **BY_SHOW}
    if kind.startswith("layer-") and kind not in known:
        setting = kind.removeprefix("layer-")
        kind = setting if setting in known else "layer"
    text = known[kind]
    of = f"`{of}`"
    return text.format(found.of, of, of)


def because(found: Show) -> str:
    """Return what does not hold, by how it shows."""
    if not found.of:
        return "what this gap makes is not what it should be"
    of = found.of if found.of.startswith(("layer ", "the ")) else f"`{found.of}`"
    return f"{of} is {found.more}" if found.more else f"{of} is not as it should be"
