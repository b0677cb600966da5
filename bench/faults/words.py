"""What each planted fault is, in words. Nothing in here needs TensorFlow."""

from bench.records.reading import Record
from bench.render.markdown import percent, significant

FAULTS = {
    "zero weights": "every kernel starts at zero, so that all units of a layer learn the same",
    "unscaled pixels": "pixels from 0 to 255 in place of 0 to 1",
    "channels first": "trained with the channels last, flattened with the channels first",
    "no sigmoid": "the logits, not the probabilities, held against 0.5",
    "no activation": "the hidden layers without their activation, so that they are one layer",
    "same mask": "the random state stands still, so that every step drops the same units",
    "no scaling": "what dropout keeps is not divided by 1 - rate",
    "batch of one": "the batch's own statistics in prediction, one image at a time",
    "sum for mean": "the sum for the mean in the loss",
    "probabilities as logits": "probabilities handed to a loss that takes logits",
    "no slope": "the slope of the activation left out of the chain rule",
    "not cleared": "the gradients of earlier steps added to each new one, never cleared",
    "uphill": "a plus for the minus in the optimizer step",
    "mean of batches": "the mean of the batches' accuracies, the smaller last one counted in full",
    "labels left behind": "the samples shuffled, their labels left where they were",
    "never shuffled": "the samples in the order of their labels, never shuffled",
    "unscaled in prediction": "trained on pixels from 0 to 1, asked with pixels from 0 to 255",
    "dropout in prediction": "dropout left on in prediction",
    "training mode, sorted": "batch norm left in training mode, the test set sorted by class",
    "averages not saved": "the moving averages left out of the file, so that they start anew",
    "read by column": "the kernels written by row and read back by column",
}

SAME_GRADIENT = 0.01
"""Of a ratio of two lengths: nearer to 1 than that is not worth a word."""


def told(record: Record) -> str:
    """Return what a planted fault did, in a sentence with its numbers."""
    return f"{FAULTS[record['fault']]}: {'; '.join(_effects(record))}"


def _effects(record: Record) -> list[str]:
    """Return what a fault did to the first gradient, and to the accuracy."""
    effects, ratio = [], record.get("gradient_ratio")
    if ratio is not None and abs(ratio - 1) > SAME_GRADIENT:
        how = "large" if ratio > 1 else "small"
        times = significant(ratio if ratio > 1 else 1 / ratio if ratio else None)
        effects.append(f"gradients {times} times too {how}" if ratio else "no gradient at all")
    before, after = record["healthy"]["accuracy"], record["faulty"]["accuracy"]
    if before == after:
        effects.append(f"test accuracy {percent(before)}, as without it")
    else:
        effects.append(f"test accuracy {percent(before)} to {percent(after)}")
    if record["trained"] and record["faulty"]["loss"] != record["healthy"]["loss"]:
        effects.append(f"training loss {_nats(record['healthy'])} to {_nats(record['faulty'])}")
    return effects


def _nats(side: Record) -> str:
    return "no number" if side["loss"] is None else significant(side["loss"])
