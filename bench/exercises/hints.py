"""What helps against which cause, said so that the answer is still one's own to find."""

from bench.diagnose.finding import Finding
from bench.exercises.shows import Show
from bench.exercises.tasks import task

FORBIDDEN = (
    "`{}` does here what this exercise is about. Write that part yourself, from the formula; the "
    "names that help stand in the gap."
)
GRAPH = (
    "An epoch is to be one call of one graph, made once: what has to be a tensor for that, and "
    "which loop does TensorFlow keep as a loop?"
)

BY_CAUSE = {
    # the forward pass
    "bias-missing":
        "The weighted sum is not all there is to a neuron: which of its variables is not in "
        "your line?",
    "computed-otherwise":
        "Put your line beside the formula of the gap, symbol by symbol: what is there too much, "
        "too little, or in another order?",
    "operation-extra": "One operation too many: what in your line does the formula not have?",
    "factor-extra": "There is a factor in it that the formula does not have.",
    "term-extra": "There is a term in it that the formula does not have.",
    "factor-missing": "The formula has a factor there that your line has not.",
    "term-missing": "The formula has a term there that your line has not.",
    "constant": "A number on that line is not the one the task gives: look at each of them.",
    "axis":
        "Which axis counts the images, and which the numbers of one image? Print the shape "
        "before and after.",
    "reduction": "Sum or mean (or largest)? The formula says which.",
    "padding": "Print the height and width before and after: should the image keep its size?",
    "layer-activation":
        "The activation of that layer is another than the task's. What do its numbers lie "
        "between, and what should they?",
    "layer-units": "Count that layer's neurons.",
    "layer-rate": "Does that number say which share is dropped, or which is kept?",
    "layer-noise_shape":
        "Every number is to be dropped by a draw of its own; are some drawn together?",
    "layer-kind": "A layer of another kind stands in its place.",
    "layer-extra": "There is a layer more than the task has: which of them does it not name?",
    "layer-missing":
        "There is a layer less than the task has. Count them; is each called on what the one "
        "before it returned?",
    "layer": "One of that layer's settings is another than the task's; compare them one by one.",
    "training-flag": "A step does not tell the model that it is training.",
    "layer-in-inference": "That layer should behave as in training while it trains: what tells it?",
    "random-repeats":
        "The same units are dropped at every step. What is drawn anew, and what is not?",
    # the loss
    "softmax-twice":
        "Something makes probabilities of what are probabilities already. Follow z to the loss: "
        "how often is it squashed, and what does the loss want to be given?",
    "from-logits": "Does your loss expect z, or probabilities? And what is it given?",
    "loss-sum":
        "The loss grows with the batch. Of the losses of its images, what is the loss of a "
        "batch: their sum, or something that a larger batch leaves as it is?",
    "loss-scaled": "The loss is right but for a factor, or for its sign. By what number is it "
        "multiplied, and which number of this program is that?",
    "loss-fixed-batch":
        "It holds for whole batches only: the last batch of an epoch is smaller. Which number "
        "did you divide by?",
    "part-scaled": "One part of the loss has a factor that it should not have.",
    "loss-kind": "That is another loss than the task's: put it beside the formula, term by term.",
    "loss-made": "That is another loss than the task's: put it beside the formula, term by term.",
    "label-smoothing": "The targets are smoothed; the task takes them as they are.",
    "target-broadcast":
        "Print the shapes of the target and of what it meets: (n,) beside (n, 1) makes (n, n), "
        "without a word.",
    # the way back
    "stop-gradient": "Something cuts the gradient off on its way back.",
    "gradient-otherwise":
        "The loss is right, its slope is not. Go back through the formula one operation at a "
        "time; check each shape against what the slope belongs to.",
    "update-scaled":
        "Some gradients are too large or too small by one factor: mean or sum over the batch, "
        "in each of them?",
    # the update
    "learning-rate": "The step has another length, or goes the other way: it is to be against the "
        "slope, by LEARNING_RATE times it.",
    "not-trained": "A variable never moves: is it in the list of those that are updated?",
    "frozen-trained": "A variable moves that should not.",
    "updates-in-turn": "Take all slopes first, at the same weights, and move only then.",
    "optimizer-kind": "That is another optimizer than the task's.",
    "optimizer-setting": "One of the optimizer's numbers is another than the task's.",
    "slot-start": "What the optimizer remembers starts at another value than the task says.",
    "bias-correction": "The first step is too short: m and v start at zero. What makes up for it?",
    "adam-counter":
        "What does t count, and when does it go up: once a step, or once a variable, and before "
        "or after it is used?",
    "adam-epsilon": "Where does epsilon stand: under the root, or beside it?",
    "epsilon-outside-root": "Where does epsilon stand: under the root, or beside it?",
    "weight-decay": "The weights shrink by themselves; the task has no decay.",
    "update-otherwise":
        "The slopes are right, and what is made of them is not. Put your line beside the rule: "
        "sign, factor, and in what order?",
    "state-otherwise":
        "What is remembered from step to step is another thing than the rule says: put your "
        "line beside it.",
    # predictions
    "prediction-form": "The weights are right. What should `predict` return: z, or probabilities?",
    "prediction-scale": "The weights are right; the predictions are stretched or shifted.",
    "predict-training": "Predictions are made as if it were training: two calls give two answers.",
    # an epoch
    "last-batch-dropped":
        "Some data are never seen: what becomes of the rest when they do not divide by the "
        "batch size?",
    "not-shuffled": "The data are walked in the order in which they lie; an order was drawn.",
    "targets-mixed": "Images and digits are not in the same order any more.",
    "with-replacement": "Some images come twice and others never.",
    "epoch-count": "Count how often each image is seen in an epoch.",
    "other-samples": "Other images are seen than those of the data: which begin, which end?",
    "frozen-in-trace": "A Python number is read once, as the graph is made, and stays as it was.",
    # the start
    "start-spread":
        "The weights start too wide or too narrow: compare the range you draw from with the "
        "task's.",
}  # fmt: skip

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
        "Nothing that comes out of this gap changes with {}: where does that bias come in?",
    "unused": "Nothing that comes out of this gap changes with {}: where does it come in?",
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
    "order": "`{}` holds the right numbers in another order: which axis goes where?",
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
    "zeros": "`{}` is zero throughout: nothing comes through this gap.",
    "still": "`{}` is still {}: nothing was done to it.",
    "changed": "`{}` is to go through this gap as it is while training.",
    "changed-in-prediction":
        "`{}` is to go through this gap as it is in prediction, or two calls give two answers: "
        "what tells the gap that this is no training?",
    "unchanged":
        "While training, `{}` comes out of this gap as it went in: when is something to be done "
        "to it, and what tells the gap?",
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
    "layer-filters": "Count that layer's filters.",
    "layer-kernel_size": "How many pixels wide is a window of that convolution?",
}  # fmt: skip
"""How a fault shows (``shows``, ``draws``, ``edits``, ``layers``), and what helps."""

BY_RUNG = {
    "structure":
        "The variables do not have the shapes that the twin's have: which sizes meet there?",
    "forward":
        "Put your line beside the formula of the gap, symbol by symbol, and print the shapes.",
    "loss":
        "What goes into the loss is right. Put your line beside the formula: sign, axis, sum or "
        "mean?",
    "gradient": BY_CAUSE["gradient-otherwise"],
    "update": BY_CAUSE["update-otherwise"],
    "state": BY_CAUSE["state-otherwise"],
    "prediction": BY_CAUSE["prediction-form"],
    "epoch":
        "Step by step it is right. Which images does each batch hold, and how many batches are "
        "there?",
    "data": "In what order are the data walked?",
    "start": BY_CAUSE["start-spread"],
}  # fmt: skip
"""Where the cause is not known, the place is."""


def of_finding(finding: Finding) -> str:
    """Return what helps: against a cause that its cure confirmed, else at the place."""
    confirmed = finding.cause if finding.confirmed else ""
    if confirmed in BY_CAUSE:
        return BY_CAUSE[confirmed]
    kind = confirmed.partition("-")[0]
    if kind in BY_CAUSE:
        return BY_CAUSE[kind]
    return BY_RUNG.get(finding.rung, BY_RUNG["forward"])


def of_show(found: Show) -> str:
    """Return what helps against a fault by how it shows."""
    kind, _, of = found.kind.partition(":")
    known = {**BY_CAUSE, **BY_SHOW}
    text = known["layer"] if kind.startswith("layer-") and kind not in known else known[kind]
    of = f"`{of}`"
    return text.format(found.of, of, of)


def because(found: Show) -> str:
    """Return what does not hold, by how it shows."""
    if not found.of:
        return "what this gap makes is not what it should be"
    of = found.of if found.of.startswith(("layer ", "the ")) else f"`{found.of}`"
    return f"{of} is {found.more}" if found.more else f"{of} is not as it should be"


def told(name: str, gap: int) -> str:
    """Return the task of a gap in one paragraph."""
    title, text = task(name).gaps[gap]
    return " ".join(f"{title}. {' '.join(text)}".split())
