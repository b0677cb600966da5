"""Differences that are one fault seen twice: told as one."""

from dataclasses import replace

from bench.diagnose.answer import Finding


def joined(findings: list[Finding]) -> list[Finding]:
    """Return the findings with those that belong together told as one."""
    findings = _without_echo(findings)
    names = [f.cause for f in findings]
    apart = {"optimizer-kind", "weight-decay", "optimizer-setting"}
    if "penalty-extra" in names and any(
        n in apart and ("AdamW" in f.words or "weight_decay" in f.words)
        for n, f in zip(names, findings, strict=True)
    ):
        return _decay_in_loss(findings)
    return findings


def _without_echo(findings: list[Finding]) -> list[Finding]:
    """Leave out predictions that differ by what the forward pass differs by.

    A cure without a name is tied to the ops of a step; predict may compute the same by others.
    """
    otherwise = any(
        f.rung == "forward" and f.cause in ("computed-otherwise", "constant") for f in findings
    )
    return [
        f
        for f in findings
        if not (otherwise and f.rung == "prediction" and f.cause == "unexplained")
    ]


def _decay_in_loss(findings: list[Finding]) -> list[Finding]:
    """Join a penalty in the loss with a decay that the reference makes apart from it."""
    penalty = next(f for f in findings if f.cause == "penalty-extra")
    decay = next(f for f in findings if "AdamW" in f.words or "weight_decay" in f.words)
    one = replace(
        penalty,
        cause="decay-in-loss",
        words="weight decay is put into the loss (L2), where the optimizer rescales it; the "
        f"reference decays the weights apart from the gradient (weight_decay, AdamW): "
        f"{penalty.words}",
        remedy="leave the penalty out of the loss; at each step "
        "w.assign_sub(learning_rate * weight_decay * w), or use AdamW",
        confirmed=f"{penalty.confirmed}; {decay.confirmed}",
    )
    return [one if f is penalty else f for f in findings if f is not decay]
