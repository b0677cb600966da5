"""What each planted fault is and did, in words. Nothing in here needs TensorFlow."""

from collections.abc import Callable, Iterable, Mapping

from bench.records.reading import Record
from bench.render.markdown import counted, percent, scalar, significant
from bench.specs import ModelSpec

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

NEEDS: dict[str, Callable[[ModelSpec], bool]] = {
    "zero weights": lambda spec: spec.has_hidden_layers,  # one unit can learn like no other
    "read by column": lambda spec: spec.has_hidden_layers or spec.n_outputs > 1,  # or one column
}
"""What a model needs, lest the fault be none in it."""

PLAIN = "sgd"
"""The optimizer whose code the pages show."""
RULES = {
    PLAIN: "plain SGD",
    "momentum": "SGD with momentum",
    "nesterov": "SGD with Nesterov momentum",
    "rmsprop": "RMSprop",
    "adam": "Adam",
}

SAME_GRADIENT = 0.01
"""Of a ratio of two lengths: nearer to 1 than that is not worth a word."""


def listed(names: Iterable[str], spec: ModelSpec, records: Mapping[str, Record]) -> list[str]:
    """Return those of some faults that can do something in a model.

    Left out is what is no fault of such a model, and what was planted and changed not a bit.

    Args:
        names: of the faults.
        spec: of the model.
        records: of the faults that were planted in it, by name.
    """
    return [
        name
        for name in names
        if NEEDS.get(name, _any)(spec) and not (name in records and _did_nothing(records[name]))
    ]


def _any(spec: ModelSpec) -> bool:
    return True


def _did_nothing(record: Record) -> bool:
    healthy, faulty = record["healthy"], record["faulty"]
    same_loss = not record["trained"] or healthy["loss"] == faulty["loss"]
    return bool(same_loss and healthy["accuracy"] == faulty["accuracy"])


def baseline(record: Record) -> str:
    """Return what the training comes to that faults are planted in, and how it is trained."""
    config, healthy = record.get("config", {}), record["healthy"]
    plain = config.get("optimizer", PLAIN) == PLAIN
    told_sooner = "" if plain else ", which tells a fault sooner than the plain SGD of the code"
    batches = f", batches of {config['batch_size']}" if "batch_size" in config else ""
    loss = f", training loss {_nats(healthy)} nats" if healthy["loss"] is not None else ""
    return (
        f"Without a fault: test accuracy {percent(healthy['accuracy'])}{loss}, "
        f"{_after(record)}{batches}{told_sooner}. Each fault is planted in that training, or in "
        "the use of the model that came of it."
    )


def told(record: Record, known: Record | None = None) -> str:
    """Return what a planted fault did, in a sentence with its numbers and its training.

    Args:
        record: of the fault.
        known: a record whose training the reader knows; that is not said once more.
    """
    said = f"{FAULTS[record['fault']]}: {'; '.join(_effects(record))}"
    return said if known and _after(known) == _after(record) else f"{said}, {_after(record)}"


def _after(record: Record) -> str:
    """Return the training: ``after 600 steps of SGD with momentum (learning rate 0.05)``."""
    config, steps = record.get("config", {}), counted(record["steps"], "step")
    if "optimizer" not in config:
        return f"after {steps}"
    rule = RULES.get(config["optimizer"], config["optimizer"])
    return f"after {steps} of {rule} (learning rate {scalar(config['learning_rate'])})"


def _effects(record: Record) -> list[str]:
    """Return what a fault did to the first gradient, and to the accuracy."""
    effects, ratio = [], record.get("gradient_ratio")
    if ratio is not None and abs(ratio - 1) > SAME_GRADIENT:
        how = "large" if ratio > 1 else "small"
        times = significant(ratio if ratio > 1 else 1 / ratio if ratio else None)
        effects.append(f"gradients {times} times too {how}" if ratio else "no gradient at all")
    before, after = (percent(record[side]["accuracy"]) for side in ("healthy", "faulty"))
    if before != after:
        return [*effects, f"test accuracy {before} to {after}"]
    effects.append(f"test accuracy {before}, as without it")
    if record["trained"] and record["faulty"]["loss"] != record["healthy"]["loss"]:
        effects.append(f"training loss {_nats(record['healthy'])} to {_nats(record['faulty'])}")
    return effects


def _nats(side: Record) -> str:
    return "no number" if side["loss"] is None else significant(side["loss"])
