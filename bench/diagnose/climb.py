"""Climb the rungs: find where a pair parts, try causes, cure it, and go on from there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.diagnose import (
    causes_edits,
    causes_ends,
    causes_factors,
    causes_forward,
    causes_generic,
    causes_loss,
    causes_made,
    causes_moves,
    causes_operand,
    causes_order,
    causes_random,
    causes_state,
    causes_stepper,
    causes_traced,
    causes_transplant,
    causes_update,
    causes_values,
)
from bench.diagnose.climb_epoch import after_the_steps, climb_epoch
from bench.diagnose.climb_start import climb_start
from bench.diagnose.cures import Cause
from bench.diagnose.epochs import can_walk
from bench.diagnose.floor import Floor
from bench.diagnose.pair import Pair
from bench.diagnose.places import Place
from bench.diagnose.scene import Scene
from bench.diagnose.search import Tried, at_the_end, best, combined, fresh_runs
from bench.diagnose.spot import LAST, Spot, locate
from bench.diagnose.stand import STEPS, Run, Stand

MAX_FINDINGS = 8

Hypotheses = Callable[[Scene], Iterator[Cause | tuple[Cause, ...]]]
NAMED: dict[str, tuple[Hypotheses, ...]] = {
    "forward": (
        causes_order.causes,
        causes_random.causes,
        causes_made.layers,
        causes_forward.causes,
    ),
    "loss": (
        causes_order.causes,
        causes_random.causes,
        causes_made.losses,
        causes_loss.causes,
        causes_forward.causes,
    ),
    "gradient": (
        causes_order.causes,
        causes_generic.stopped,
        causes_generic.held_constant,
        causes_loss.causes,
        causes_update.causes,
    ),
    "update": (
        causes_moves.decays,
        causes_order.causes,
        causes_generic.stopped,
        causes_moves.causes,
        causes_update.causes,
        causes_loss.related,
    ),
    "state": (
        causes_order.causes,
        causes_state.causes,
        causes_update.not_trained,
        causes_forward.causes,
    ),
    "prediction": (causes_ends.prediction_causes,),
    "metric": (causes_ends.metric_causes,),
}
NAMELESS: dict[str, tuple[Hypotheses, ...]] = {
    "forward": (
        causes_edits.causes,
        causes_generic.constants,
        causes_operand.causes,
        causes_transplant.transplants,
    ),
    "loss": (
        causes_edits.causes,
        causes_generic.constants,
        causes_factors.causes,
        causes_operand.causes,
        causes_transplant.transplants,
    ),
    "gradient": (causes_edits.causes, causes_generic.constants),
    "update": (causes_edits.causes, causes_generic.constants),
    "state": (causes_edits.causes, causes_generic.constants),
    "prediction": (causes_edits.causes, causes_transplant.transplants),
    "metric": (causes_edits.causes,),
}
PAIRS: dict[str, tuple[Hypotheses, Hypotheses]] = {
    "loss": (causes_loss.causes, causes_loss.related_beside),
    "update": (causes_update.causes, causes_update.rate_factors),
}
PAIR_SECONDS, NAMELESS_SECONDS = 8.0, 12.0
LAST_RESORT: dict[str, Hypotheses] = {
    "forward": causes_transplant.last_resort,
    "loss": causes_transplant.last_resort,
    "gradient": causes_values.gradients,
    "update": causes_stepper.causes,
    "state": causes_values.states,
}


@dataclass(frozen=True)
class Difference:
    """A difference, and its cause if one was confirmed.

    Attributes:
        scene: what it was seen in; None for a whole fit and the start.
        after: where the pair parts next.
        lines: of a whole fit: the user's lines that led to a step.
    """

    scene: Scene | None
    spot: Spot
    cause: Cause | None
    after: Spot | None = None
    lines: tuple[Place, ...] = ()


@dataclass
class Climb:
    """The way up one pair.

    Attributes:
        differences: all of them, in the order in which it was met.
        unseen: whether a fit of the loop keeps its batches to itself.
    """

    stand: Stand
    floor: Floor
    plain: tuple[Run, Run]
    differences: list[Difference] = field(default_factory=list)
    unseen: bool = False

    def steps(self) -> None:
        """Climb all rungs that a few steps, predictions and metrics show."""
        ours, theirs = self.plain
        while len(self.differences) < MAX_FINDINGS:
            spot = locate(ours, theirs, self.floor)
            if spot is None:
                return
            if spot.step < LAST and spot.step not in ours.traces:
                ours, theirs = fresh_runs(self.stand, spot.step)
                continue
            if spot.step == LAST:
                spot = at_the_end(self.stand, self.floor, spot, ours, theirs)
            scene = Scene(self.stand, self.floor, ours, theirs, spot)
            tried = explained(scene)
            if tried is None:
                self.differences.append(Difference(scene, spot, None))
                return
            for cause in tried.causes:
                self.differences.append(Difference(scene, spot, cause, tried.spot))
                self.stand.applied[cause.on].append(cause.cure)
            ours, theirs = fresh_runs(self.stand, spot.step if spot.step < LAST else 0)

    def whole_fit(self) -> None:
        """Compare a whole fit, and the weights either side starts from."""
        if any(f.cause is None or f.cause.name in causes_values.NAMES for f in self.differences):
            return  # what is not cured, or with the numbers of a few steps alone, would show again
        self.stand.drew = self.plain[0].drew
        met = climb_epoch(self.stand, self.floor)
        self.unseen = met is None
        for spot, cause, lines in met or []:
            if cause is not None and cause.name == "schedule-epoch":
                self.differences = [
                    f for f in self.differences if f.cause and f.cause.name != "schedule"
                ]
            self.differences.append(Difference(None, spot, cause, lines=lines))
        if not self.plain[0].drew and not can_walk(self.stand):
            self._traced_steps()
        self.differences += [
            Difference(None, spot, cause) for spot, cause, _ in climb_start(self.stand)
        ]

    def _traced_steps(self) -> None:
        found = causes_traced.frozen_in_steps(self.stand, self.floor, self.plain[0])
        if found is not None:
            cause, size = found
            self.differences.append(
                Difference(None, after_the_steps("epoch", size, "traced"), cause)
            )


def explained(scene: Scene) -> Tried | None:
    """Return the cause that was confirmed, or None.

    What has a name comes first, alone and in pairs: a cure without one may mend two faults at once.
    """
    rung = scene.spot.rung
    tried = best(scene, _each(scene, NAMED.get(rung, ())))
    if tried is None and rung in PAIRS:
        scene.stand.allow(PAIR_SECONDS)
        first, second = PAIRS[rung]
        tried = best(scene, combined(scene, first(scene), second))
    if tried is None:
        scene.stand.allow(NAMELESS_SECONDS)
        tried = best(scene, _each(scene, NAMELESS.get(rung, ())))
    if tried is None and rung in LAST_RESORT:
        tried = best(scene, LAST_RESORT[rung](scene))
    return tried


def _each(scene: Scene, every: tuple[Hypotheses, ...]) -> Iterator[Cause | tuple[Cause, ...]]:
    for hypotheses in every:
        try:
            yield from hypotheses(scene)
        except Exception:  # what one kind of hypothesis cannot read in a program, others may
            continue


def climb(pair: Pair, steps: int = STEPS) -> Climb:
    """Compare a pair over a few steps and explain what differs."""
    stand = Stand(pair, steps)
    stand.leave_out_what_the_loop_refuses()
    record = (0, "predict", "evaluate")
    theirs = stand.run("reference", record=record)
    floor = Floor(stand, theirs)
    ours = stand.run("loop", record=record)
    done = Climb(stand, floor, (ours, theirs))
    done.steps()
    done.whole_fit()
    return done
