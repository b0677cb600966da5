"""What helps against which cause, said so that the answer is still one's own to find."""

from bench.diagnose.finding import Finding
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
    "layer-pool_mode": "Of each window the largest, or the mean? The task says which.",
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


def told(name: str, gap: int) -> str:
    """Return the task of a gap in one paragraph."""
    title, text = task(name).gaps[gap]
    return " ".join(f"{title}. {' '.join(text)}".split())
