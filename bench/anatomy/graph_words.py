"""What each part of a training step is for, and what single operations in it do, in a phrase."""

from bench.anatomy.roles import (
    AVERAGES,
    COUNTER,
    DATA,
    FORWARD,
    GRADIENT,
    LOSS,
    OUTPUT,
    RANDOM,
    READING,
    TRACKER,
    UPDATE,
)  # fmt: skip

PURPOSES = {
    DATA: "where batch and variables come in",
    FORWARD: "the layers, from the batch to the logits",
    RANDOM: "the counters of dropout, each moved up by one",
    AVERAGES: "batch norm's moving averages, moved on by a hundredth",
    LOSS: "from logits and labels to one number",
    GRADIENT: "the chain rule, backwards",
    UPDATE: "the new weights, worked out and written",
    COUNTER: "the optimizer's count of steps, for schedules and for Adam",
    TRACKER: "a running sum and a count, for the mean loss that History shows",
    READING: "the logs that fit reads back to Python after each step",
    OUTPUT: "results handed out, and what waits until all is written",
}

_ANYWHERE = {
    "Const": "a number that the graph knows",
    "Identity": "passes a result on under another name",
    "IdentityN": "passes several results on",
    "NoOp": "waits until all writes are done",
    "Cast": "to another type of number",
    "ReadVariableOp": "reads a variable",
    "Shape": "asks a tensor for its shape",
    "StridedSlice": "takes one number of a shape",
    "Pack": "makes a list of numbers",
    "ExpandDims": "makes a list of a number",
    "Prod": "multiplies sizes, to count elements",
    "Range": "the axes to sum over",
    "BroadcastTo": "repeats one number over a tensor",
    "DivNoNan": "a division that gives 0 for nothing by nothing",
    "Reshape": "the same numbers in another shape",
    "Squeeze": "drops axes of length 1",
    "AssignVariableOp": "writes a variable",
    "AssignSubVariableOp": "takes a step off a variable in one operation",
    "AssignAddVariableOp": "adds to a variable in one operation",
    "Sigmoid": "the probability itself, which the loss passes by",
    "Softmax": "the probabilities themselves, which the loss passes by",
    "ZerosLike": "zeros of a tensor's shape",
    "Placeholder": "a batch or a variable comes in here",
    "IteratorGetNext": "takes the next batch from tf.data, inside the graph",
    "OptionalFromValue": "says whether there was one",
    "StopGradient": "no gradient flows through here",
    "Reciprocal": "one over a number, where Grappler knows the dividend",
    "LogSoftmax": "for the second derivative of the loss, which nobody asks for",
}
_HERE = {
    (TRACKER, "Mul"): "the batch's loss times its samples",
    (TRACKER, "Sum"): "adds up what goes into the running sum",
    (TRACKER, "AddV2"): "adds to sum and count",
    (TRACKER, "DivNoNan"): "sum over count: the mean",
    (READING, "DivNoNan"): "sum over count: the mean so far",
    (COUNTER, "AddV2"): "one more step",
    (RANDOM, "AddV2"): "one more call",
    (FORWARD, "Mul"): "a mask, a scale or a random number's range, times its input",
    (LOSS, "Sum"): "adds up the losses of the samples",
    (LOSS, "Slice"): "all axes but the last, as the loss takes logits of any rank",
    (LOSS, "ConcatV2"): "puts the axes together again",
    (LOSS, "RealDiv"): "sum over size, as the mean",
    (LOSS, "DivNoNan"): "sum over size; 0 for an empty batch",
    (LOSS, "Size"): "how many samples there are",
    (UPDATE, "Mul"): "gradient times learning rate",
    (UPDATE, "Sub"): "weight less step",
    (GRADIENT, "DivNoNan"): "the loss's division, walked back",
    (GRADIENT, "RealDiv"): "a division, walked back",
}


def phrase(purpose: str, operation: str) -> str:
    """Return what an operation does where it stands; empty where its name says it."""
    return _HERE.get((purpose, operation)) or _ANYWHERE.get(operation, "")
