"""Diagnose a pair in this process: the climb, and what of it is told."""

import time
from typing import Any

import numpy as np

from bench.diagnose import climb_start
from bench.diagnose.answer import Diagnosis
from bench.diagnose.causes_pairs import joined
from bench.diagnose.climb import Climb, Difference, climb
from bench.diagnose.finding import AGREE, DISAGREE, UNDECIDED, Finding, Line
from bench.diagnose.floor import Quantity
from bench.diagnose.pair import Pair, make_pair
from bench.diagnose.spot import LAST, RUNGS
from bench.diagnose.stand import LOOP, REFERENCE, STEPS
from bench.diagnose.usual import usual_means
from bench.diagnose.where import Placed, computed, our_lines, their_lines

BLIND = 0.1  # a floor that hides a tenth of what the steps moved decides nothing
SHOWN = {
    "forward": "forward pass",
    "loss": "loss",
    "gradient": "gradients",
    "update": "updates",
    "state": "moving statistics",
    "prediction": "predictions",
    "metric": "metrics",
}


def diagnose(
    loop: Any, reference: Any, data: Any, *, fit: dict[str, Any] | None = None, steps: int = STEPS
) -> Diagnosis:
    """Say why two programs disagree.

    Args:
        loop, reference: functions that make the programs, or the programs themselves.
        data: x_train, y_train, x_test, y_test; or x and y; or a function that returns them.
        fit: what ``fit`` is called with: batch_size, epochs, shuffle, class_weight, sample_weight.
        steps: how many are compared.

    Raises:
        UserError: a program cannot be built or run.
    """
    return diagnose_pair(make_pair(loop, reference, data, fit), steps)


def diagnose_pair(pair: Pair, steps: int = STEPS) -> Diagnosis:
    """Say why the two programs of a pair disagree."""
    begin = time.perf_counter()
    done = climb(pair, steps)
    findings = joined([_finding(done, f) for f in done.differences])
    verdict = _verdict(done, findings)
    return Diagnosis(
        verdict=verdict,
        agrees=_agreeing(done, findings),
        findings=tuple(findings),
        harmless=tuple(_harmless(done, findings)),
        limits=tuple(_limits(done, verdict)),
        facts={
            "seconds": round(time.perf_counter() - begin, 1),
            "steps": len(done.plain[0].losses),
            "runs": done.stand.runs,
            "parameters": int(sum(v.size for v in done.stand.start)),
            "usual": usual_means(done.stand, done.floor, *done.plain),
        },
    )


def _verdict(done: Climb, findings: list[Finding]) -> str:
    return DISAGREE if findings else (UNDECIDED if _blind(done) else AGREE)


def _finding(done: Climb, difference: Difference) -> Finding:
    cause, spot = difference.cause, difference.spot
    what = _what(done, spot.quantity)
    ours, theirs = _lines(our_lines(done, difference)), _lines(their_lines(done, difference))
    return Finding(
        rung=spot.rung,
        step=spot.step + 1 if spot.step < LAST else 0,
        size=float(spot.size),
        what=what,
        loop=ours[0] if ours else None,
        reference=theirs[0] if theirs else None,
        computed=computed(difference),
        cause=cause.name if cause else "unexplained",
        words=cause.words if cause else f"unexplained: {what} differs first",
        remedy=cause.remedy if cause else "",
        confirmed=_confirmed(difference),
        omission=bool(cause and cause.omission),
        loop_more=ours[1:],
        reference_more=theirs[1:],
    )


def _confirmed(difference: Difference) -> str:
    if difference.cause is None:
        return ""
    after = difference.after
    further = (
        "both sides agree"
        if after is None
        else (f"the pair agrees there, and parts again {_at(after)}")
    )
    return f"with {difference.cause.cure.words}, {further}"


def _at(spot: Any) -> str:
    return f"in the {spot.rung}" + (f" of step {spot.step + 1}" if spot.step < LAST else "")


def _lines(placed: list[Placed]) -> tuple[Line, ...]:
    return tuple(Line(place.file, place.line, place.text, role) for role, place in placed)


def _what(done: Climb, quantity: Quantity) -> str:
    if quantity.kind in ("weight", "gradient") and isinstance(quantity.key, int):
        variable = done.stand.first[REFERENCE].variables[quantity.key]
        name = str(getattr(variable, "path", None) or getattr(variable, "name", quantity.key))
        return f"the {'gradient of ' if quantity.kind == 'gradient' else 'weight '}{name}"
    if quantity.kind == "prediction":
        return (
            "the predictions" if not quantity.key else f"the predictions of output {quantity.key}"
        )
    if quantity.kind == "weight":
        return f"the weights ({quantity.key})"
    return f"the {quantity.kind} {quantity.key}".replace("the loss 0", "the loss")


def _agreeing(done: Climb, findings: list[Finding]) -> tuple[str, ...]:
    first = min((RUNGS.index(f.rung) for f in findings), default=len(RUNGS))
    n = len(done.plain[0].losses)
    words = ["shapes"]
    words += [
        text
        for rung, text in SHOWN.items()
        if RUNGS.index(rung) < first
        and (
            rung not in ("prediction", "metric")
            or (done.plain[0].predictions if rung == "prediction" else done.plain[0].metrics)
        )
    ]
    return (*words, f"over {n} steps") if not findings else tuple(words)


def _blind(done: Climb) -> bool:
    """Return whether noise alone could hide a tenth of what the steps moved."""
    weights = done.plain[1].weights
    for i, (start, end) in enumerate(zip(weights[0], weights[-1], strict=True)):
        moved = float(np.linalg.norm(end.astype("f8") - start))
        floor = done.floor.tolerance(Quantity("weight", len(weights) - 2, i))
        if moved and floor < BLIND * moved:
            return False
    return True


def _harmless(done: Climb, findings: list[Finding]) -> list[str]:
    ours, theirs = done.plain
    notes = []
    pairs = [
        (i, a, b)
        for i, (a, b) in enumerate(zip(ours.losses, theirs.losses, strict=False))
        if a is not None and b is not None
    ]
    apart = [(i, a, b) for i, a, b in pairs if done.floor.apart(Quantity("loss", i, 0), a, b)]
    if apart and not findings:
        i, a, b = apart[0]
        notes.append(f"the loss that a step reports ({a:.6g} against {b:.6g} at step {i + 1})")
    spread = climb_start.start_spread(done.stand)
    told = any(f.rung == "start" for f in findings)
    if spread and not told and climb_start.apart(spread, climb_start.WORTH_A_WORD):
        notes.append(climb_start.in_words(spread))
    kinds = [
        {v.dtype.name for v in done.stand.drawn[s] if v.dtype.kind == "f"}
        for s in (LOOP, REFERENCE)
    ]
    if kinds[0] != kinds[1]:
        notes.append(
            f"the type of the weights ({', '.join(kinds[0])} against {', '.join(kinds[1])})"
        )
    return notes


def _limits(done: Climb, verdict: str) -> list[str]:
    notes = []
    if verdict == UNDECIDED:
        notes.append(
            f"rounding moves every weight by over {BLIND:.0%} of what the steps move it: compare "
            "fewer steps (--steps 1), or both programs in float64"
        )
    if any(t.sampled for run in done.plain for t in run.traces.values()):
        notes.append("of tensors with over a million numbers sums and a sample were compared")
    if done.stand.refused:
        notes.append("the loop's step takes no smaller last batch: whole batches were compared")
    if done.unseen:
        notes.append("which batches the loop's fit makes could not be seen: it was not compared")
    if done.plain[0].predictions is None:
        notes.append("the loop has no predict(x): predictions were not compared")
    if done.plain[0].metrics is None:
        notes.append("not both sides have evaluate(x, y): metrics were not compared")
    return notes
