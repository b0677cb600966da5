"""The loop's own update beside the reference's trajectory: does it make the same weights?"""

from dataclasses import dataclass
from typing import Any

from bench.diagnose.causes_optimizer import rate
from bench.diagnose.floor import Quantity
from bench.diagnose.rule import Edit, Rule, State
from bench.diagnose.rule_numbers import Numbers, numbers_of
from bench.diagnose.scene import Scene
from bench.diagnose.stand import LOOP, Run
from bench.diagnose.where_made import is_optimizer

MAX_SIZE = 20_000  # numbers of a weight that is followed


@dataclass
class Beside:
    """The loop's update beside the reference's trajectory."""

    scene: Scene
    run: Run
    rule: Rule
    numbers: Numbers

    @property
    def steps(self) -> int:
        """How many steps can be followed."""
        return len(self.rule.traces)

    def mends(
        self, edit: Edit | None = None, begun: State | None = None, fixed: Any = None
    ) -> bool:
        """Return whether the update, with a change, makes the reference's weights in all steps.

        Args:
            begun: what the loop keeps, where it starts otherwise.
            fixed: (the step, the state before it) -> values of parts.
        """
        return self.follows(self.scene.theirs, edit, begun, fixed)

    def follows(
        self, run: Run, edit: Edit | None = None, begun: State | None = None, fixed: Any = None
    ) -> bool:
        """Return whether it makes the weights of a run from its gradients."""
        state = {**self.rule.begun(), **(begun or {})}
        for s in range(self.steps):
            parts = fixed(s, dict(state)) if fixed else None
            given = dict(enumerate(run.gradients[s]))
            try:
                self.rule.step(s, state, run.weights[s], given, edit, parts)
            except Exception:  # a change that an op cannot take
                return False
            if not self._agrees(s, state, run):
                return False
        return True

    def _agrees(self, s: int, state: State, run: Run) -> bool:
        for i in self.rule.which:
            ours, wanted = state[self.rule.handles[i]].numpy(), run.weights[s + 1][i]
            quantity = Quantity("weight", s, i)
            if ours.shape != wanted.shape or self.scene.floor.apart(quantity, ours, wanted):
                return False
        return True


def beside(scene: Scene) -> Beside | None:
    """Return the loop's update, if it is one that can be followed and is not the reference's."""
    which = _followed(scene)
    if which is None or hasattr(scene.ours.program, "stand_ins"):
        return None
    steps = len(scene.theirs.losses)
    run = scene.stand.run(LOOP, record=range(steps), ends=False)
    rule = Rule([run.traces[s] for s in range(steps)], run.handles, [which])
    if not rule.needed[-1] or not _by_hand(run, rule):
        return None
    optimizer = scene.model.optimizer if scene.model is not None else None
    config = optimizer.get_config() if optimizer is not None else {}
    found = Beside(scene, run, rule, numbers_of(config, rate(optimizer)))
    return found if found.follows(run) and not found.mends() else None


def _by_hand(run: Run, rule: Rule) -> bool:
    """Return whether no optimizer's method and no optimizer's op has a part in the update."""
    born = run.program.born if run.program is not None else None
    steppers = {id(part) for part in born.parts if is_optimizer(part)} if born else set()
    return not any(
        n.kind.startswith("Resource") or steppers & set(n.owners) for n in rule.needed[-1]
    )


def _followed(scene: Scene) -> int | None:
    """Return the weight by which the update is judged: the largest that parts, but for a table."""
    apart = [q.key for q in scene.spot.apart if q.kind == "weight" and q.step == scene.step]
    weights, gradients = scene.theirs.weights[0], scene.theirs.gradients[scene.step]
    trained = [i for i in apart if gradients[i] is not None and weights[i].size <= MAX_SIZE]
    return max(trained, key=lambda i: (weights[i].ndim > 1, weights[i].size), default=None)
