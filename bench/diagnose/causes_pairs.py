"""Differences that are one fault seen twice: told as one."""

from dataclasses import replace
from typing import Any

from bench.diagnose.finding import Finding
from bench.diagnose.search import GENERIC


def joined(findings: list[Finding]) -> list[Finding]:
    """Return the findings with those that belong together told as one."""
    findings = _without_echo(_once_a_line(findings))
    names = [f.cause for f in findings]
    apart = {"optimizer-kind", "weight-decay", "optimizer-setting"}
    if "penalty-extra" in names and any(
        n in apart and ("AdamW" in f.words or "weight_decay" in f.words)
        for n, f in zip(names, findings, strict=True)
    ):
        return _decay_in_loss(findings)
    return findings


def _once_a_line(findings: list[Finding]) -> list[Finding]:
    """Tell what a line does wrong in each of several layers once.

    The first tells it; that the pair agrees is known after the last.
    """
    told: dict[Any, Finding] = {}
    for f in findings:
        key = (f.rung, f.cause, f.loop) if f.loop and f.cause in GENERIC else id(f)
        told[key] = replace(told[key], confirmed=f.confirmed) if key in told else f
    return list(told.values())


def _without_echo(findings: list[Finding]) -> list[Finding]:
    """Leave out predictions that differ by what the forward pass differs by.

    A cure without a name is tied to the ops of a step; predict may compute the same by others.
    """
    otherwise = any(f.rung in ("forward", "loss") and f.cause in GENERIC for f in findings)
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
